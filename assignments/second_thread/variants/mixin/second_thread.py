"""What a talker does is one class, that it is a thread is another."""

import select
import threading


class Talker:
    def run(self):
        print("Second thread begins.")
        select.select([], [], [], 0.5)
        print("Second thread is done.")


class SecondThread(Talker, threading.Thread):
    pass


SecondThread().start()
print("The program is done.")
