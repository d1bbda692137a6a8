"""A thread that works for a while, and a program that does not wait for it."""

import threading
import time

NAP = 0.5  # seconds


class SecondThread(threading.Thread):
    """Says when it begins and when it is done."""

    def run(self) -> None:
        """What the thread does. Nobody calls this: start() lets it run in the new thread."""
        # TODO: print "Second thread begins.", sleep for NAP seconds, print "Second thread is done."


def main() -> None:
    """Start the thread and go on."""
    # TODO: start a SecondThread, then print "The program is done." at once


if __name__ == "__main__":
    main()
