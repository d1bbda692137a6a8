written = 0
try:
    with open("big", "wb", buffering=0) as file:
        for _ in range(200):
            written += file.write(b"x" * 1_000_000)
except OSError as error:
    print("stopped after", written // 1_000_000, "MB", error.strerror)
