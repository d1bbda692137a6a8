"""Questions go to stdout, complaints to stderr; the keyboard is a file descriptor."""

import os
import sys

QUESTION = b"Enter number from 1 to 10: "


def lines():
    """Yield a line of the keyboard for each question, without its end."""
    rest = b""
    while True:
        os.write(1, QUESTION)
        while b"\n" not in rest:
            data = os.read(0, 100)
            if not data and not rest:
                return
            rest += data or b"\n"
        line, _, rest = rest.partition(b"\n")
        yield line.decode("utf-8", "replace")


def complain(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main():
    for line in lines():
        try:
            number = int(line)
        except ValueError:
            complain("That is not a valid integer.")
        else:
            match number:
                case 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10:
                    os.write(1, b"%d\n" % number)
                    return
                case _:
                    complain("Your number must be from 1 to 10:")
    complain("Bye.")


try:
    main()
except KeyboardInterrupt:
    complain("Bye.")
