"""A thread that works for a while, and a program that does not wait for it."""

import threading
import time

NAP = 0.5  # seconds


class SecondThread(threading.Thread):
    """Says when it begins and when it is done."""

    def run(self) -> None:
        print("Second thread begins.")
        time.sleep(NAP)
        print("Second thread is done.")


def main() -> None:
    SecondThread().run()
    print("The program is done.")


if __name__ == "__main__":
    main()
