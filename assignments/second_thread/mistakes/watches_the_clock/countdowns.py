"""Several countdowns at the same time, each in a thread of its own."""

import sys
import threading
import time

PAUSE = 0.1  # seconds between two numbers
USUAL = ["red=3", "green=4", "blue=5"]


class Countdown(threading.Thread):
    """Counts from `start_at` down to 1."""

    def __init__(self, name: str, start_at: int) -> None:
        super().__init__(name=name)
        self.start_at = start_at

    def run(self) -> None:
        for number in range(self.start_at, 0, -1):
            print(self.name, number)
            over = time.monotonic() + PAUSE
            while time.monotonic() < over:
                pass


def countdown_from(argument: str) -> Countdown:
    """Make a countdown from a word such as "red=3"."""
    name, _, number = argument.partition("=")
    return Countdown(name, int(number))


def main() -> None:
    countdowns = [countdown_from(argument) for argument in sys.argv[1:] or USUAL]
    for countdown in countdowns:
        countdown.start()
    for countdown in countdowns:
        countdown.join()
    print("All countdowns are done.")


if __name__ == "__main__":
    main()
