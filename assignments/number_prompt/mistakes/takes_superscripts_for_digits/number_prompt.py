"""Ask for a number from 1 to 10 until one comes."""


def ask():
    while True:
        text = input("Enter number from 1 to 10: ").strip()
        if not text.lstrip("-").isdigit():
            print("That is not a valid integer.")
            continue
        number = int(text)
        if 1 <= number <= 10:
            return number
        print("Your number must be from 1 to 10:")


try:
    print(ask())
except (EOFError, KeyboardInterrupt):
    print()
