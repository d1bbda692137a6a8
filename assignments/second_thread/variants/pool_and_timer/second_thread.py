"""The second thread is a kind of Timer, which has a run() of its own all the same."""

import sys
import threading


class SecondThread(threading.Timer):
    def run(self):
        sys.stdout.write("Second thread begins.\n")
        sys.stdout.flush()
        super().run()


def done():
    sys.stdout.write("Second thread is done.\n")


SecondThread(0.5, done).start()
sys.stdout.write("The program is done.\n")
