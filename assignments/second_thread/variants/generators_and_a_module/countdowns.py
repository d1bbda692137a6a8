"""Each worker takes one countdown out of a queue; its numbers come from a generator."""

import sys
import threading
import time
from queue import Queue


def numbers(start):
    while start > 0:
        yield start
        time.sleep(0.1)
        start -= 1


class Worker(threading.Thread):
    printing = threading.Lock()

    def __init__(self, jobs):
        super().__init__(daemon=True)  # it would wait for a second job for ever
        self.jobs = jobs

    def run(self):
        while True:
            name, start = self.jobs.get()
            for number in numbers(int(start)):
                with self.printing:
                    print(f"{name:>10} {number:3}")
            self.jobs.task_done()


if __name__ == "__main__":
    jobs = Queue()
    for word in sys.argv[1:] or ["red=3", "green=4"]:
        jobs.put(word.split("="))
        Worker(jobs).start()
    jobs.join()
    print("All countdowns are done.")
