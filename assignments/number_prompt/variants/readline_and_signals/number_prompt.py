import contextlib
import readline
import signal
import sys

signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
readline.set_history_length(20)


def number_from_1_to_10():
    text = input("Enter number from 1 to 10: ")
    if (number := integer(text)) is None:
        print("That is not a valid integer.\n")
    elif number < 1 or number > 10:
        print("Your number must be from 1 to 10:\n")
    else:
        return number
    return number_from_1_to_10()


def integer(text):
    with contextlib.suppress(ValueError):
        return int(text)
    return None


with contextlib.suppress(EOFError):
    print("Thank you for the", number_from_1_to_10())
