count = 0
try:
    while count < 10_000:
        open(f"f{count}", "w").close()
        count += 1
except OSError as error:
    print("stopped after", count, error.strerror)
