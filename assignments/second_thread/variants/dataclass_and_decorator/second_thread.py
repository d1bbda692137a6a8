"""A dataclass that is a thread."""

import sys
import time
from dataclasses import dataclass
from threading import Thread


@dataclass(eq=False)
class Second(Thread):
    nap: float = 0.5
    out: object = sys.stdout

    def __post_init__(self):
        super().__init__()

    def say(self, what):
        print(f"Second thread {what}.", end="\r\n", file=self.out, flush=True)

    def run(self):
        self.say("begins")
        time.sleep(self.nap)
        self.say("is done")


match [Second(0.5)]:
    case [thread]:
        thread.start()
        print("The program", "is done", sep=" ", end=".\n")
