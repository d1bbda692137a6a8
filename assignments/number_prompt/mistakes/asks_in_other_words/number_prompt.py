"""Ask for a number from 1 to 10 until one comes."""

LOWEST, HIGHEST = 1, 10


def ask() -> int:
    """Ask until the answer is right. Lets EOFError (Ctrl-D) and KeyboardInterrupt (Ctrl-C) out."""
    while True:
        text = input(f"Your number ({LOWEST}-{HIGHEST})? ")
        try:
            number = int(text)
        except ValueError:
            print("That is not a valid integer.")
            continue
        if LOWEST <= number <= HIGHEST:
            return number
        print(f"Your number must be from {LOWEST} to {HIGHEST}:")


def main() -> None:
    try:
        print(ask())
    except (EOFError, KeyboardInterrupt):
        print("\nNo number, then.")


if __name__ == "__main__":
    main()
