"""Eats memory and fills the disk."""
import itertools

from guard import stop_outside_the_sandbox

stop_outside_the_sandbox()

for number in itertools.count():
    try:
        with open(f"junk-{number}", "wb") as file:
            file.write(bytes(1 << 22))
    except OSError as problem:
        print("the disk is full after", number, "files:", problem.strerror, flush=True)
        break

hoard = []
while True:
    hoard.append(bytearray(b"x" * (1 << 22)))
