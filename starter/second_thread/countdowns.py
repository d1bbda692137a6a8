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
        """Print the name and each number, with a pause of PAUSE seconds after each."""
        # TODO


def countdown_from(argument: str) -> Countdown:
    """Make a countdown from a word such as "red=3"."""
    name, _, number = argument.partition("=")
    return Countdown(name, int(number))


def main() -> None:
    """Start all countdowns, wait for all of them, print "All countdowns are done."."""
    countdowns = [countdown_from(argument) for argument in sys.argv[1:] or USUAL]
    # TODO: start every countdown, then join every countdown, then print the last line


if __name__ == "__main__":
    main()
