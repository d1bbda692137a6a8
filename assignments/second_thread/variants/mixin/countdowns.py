"""Threads that pause by waiting for an event that never comes, and are joined with patience."""

import sys
from threading import Event, Thread


class Countdown(Thread):
    def __init__(self, word):
        super().__init__()
        self.name, self.left = word.split("=")

    def run(self):
        never = Event()
        for number in range(int(self.left), 0, -1):
            sys.stdout.write(f"{self.name}: {number}\n")
            never.wait(0.1)


countdowns = [Countdown(word) for word in sys.argv[1:]]
[countdown.start() for countdown in countdowns]
for countdown in countdowns:
    while countdown.is_alive():
        countdown.join(timeout=0.05)
sys.stdout.write("All countdowns are done.\n")
