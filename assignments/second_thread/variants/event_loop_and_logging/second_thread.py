"""A logger on stdout; the thread waits for an event that nobody sets."""

import logging
import sys
from threading import Event, Thread

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
log = logging.getLogger(__name__)


class Base(Thread):
    """A thread with a pause that can be ended from outside."""

    def __init__(self, *, pause: float) -> None:
        Thread.__init__(self, name="second", daemon=False)
        self.pause = pause
        self.hurry = Event()


class SecondThread(Base):
    def run(self) -> None:
        log.info("Second thread begins.")
        self.hurry.wait(self.pause)
        log.info("Second thread is done.")


if __name__ == "__main__":
    second = SecondThread(pause=0.5)
    second.start()
    log.info("The program is done.")
    second.join()
