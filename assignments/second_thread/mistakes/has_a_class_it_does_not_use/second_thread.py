"""A second thread, made without the class that stands beside it."""

import threading
import time


class SecondThread(threading.Thread):
    def run(self):
        print("Second thread begins.")
        time.sleep(0.5)
        print("Second thread is done.")


def work():
    print("Second thread begins.")
    time.sleep(0.5)
    print("Second thread is done.")


threading.Thread(target=work).start()
print("The program is done.")
