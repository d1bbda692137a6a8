"""Countdowns that all count with one and the same number."""

import sys
import threading
import time

number = 0


class Countdown(threading.Thread):
    def __init__(self, name, first):
        super().__init__(name=name)
        self.first = first

    def run(self):
        global number
        number = self.first
        while number > 0:
            print(self.name, number)
            number -= 1
            time.sleep(0.1)


countdowns = []
for argument in sys.argv[1:]:
    name, first = argument.split("=")
    countdowns.append(Countdown(name, int(first)))
for countdown in countdowns:
    countdown.start()
    time.sleep(0.03)
for countdown in countdowns:
    countdown.join()
print("All countdowns are done.")
