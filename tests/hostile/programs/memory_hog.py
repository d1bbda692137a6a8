kept = []
for _ in range(40):
    kept.append(bytearray(b"x") * 50_000_000)
print("kept 2 GB")
