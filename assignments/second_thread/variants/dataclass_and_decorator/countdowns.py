"""A decorator puts a function into a thread."""

import functools
import sys
import threading
import time


def in_a_thread(function):
    @functools.wraps(function)
    def start(*arguments):
        thread = threading.Thread(target=function, args=arguments, name=str(arguments[0]))
        thread.start()
        return thread

    return start


@in_a_thread
def count_down(name, number):
    if number == 0:
        return
    print(name, number, sep=" ... ")
    time.sleep(0.1)
    count_down.__wrapped__(name, number - 1)  # the same thread


def main(*words):
    threads = [count_down(name, int(number)) for name, number in (word.split("=") for word in words)]
    while threads:
        threads = [thread for thread in threads if thread.join(0.02) or thread.is_alive()]
    print("All countdowns are done.")


if __name__ == "__main__":
    main(*sys.argv[1:])
