"""A thread that says its lines with pauses."""

import time
from threading import Thread


class Talker(Thread):
    lines: tuple[str, ...] = ()
    pause = 0.5

    def run(self) -> None:
        first, *others = self.lines
        print(first)
        for line in others:
            time.sleep(self.pause)
            print(line)
