import threading

gate = threading.Event()
count = 0
try:
    while count < 500:
        threading.Thread(target=gate.wait, daemon=True).start()
        count += 1
except RuntimeError:
    print("threads refused after", count, flush=True)
gate.set()
