"""The main thread asks what the second thread wants to have asked."""

import queue
import threading


class Judge(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.answers, self.sayings = queue.Queue(), queue.Queue()

    def run(self):
        while True:
            self.sayings.put(("ask", "Enter number from 1 to 10: "))
            try:
                number = int(self.answers.get())
            except ValueError:
                self.sayings.put(("say", "That is not a valid integer."))
                continue
            if 0 < number < 11:
                break
            self.sayings.put(("say", "Your number must be from 1 to 10:"))
        self.sayings.put(("say", f"Your number: {number}"))
        self.sayings.put(("end", ""))


def main():
    judge = Judge()
    judge.start()
    while True:
        kind, text = judge.sayings.get()
        if kind == "ask":
            judge.answers.put(input(text))
        elif kind == "say":
            print(text)
        else:
            return


if __name__ == "__main__":
    try:
        main()
    except (EOFError, KeyboardInterrupt):
        print("\nAs you like.")
