"""Ask for a number from 1 to 10 until one comes."""


def ask() -> int:
    """Ask until the answer is a number from 1 to 10, and return it."""
    # TODO: input() asks; int() raises ValueError for a text that is no integer.
    # TODO: say what is wrong with the answer, then ask again.
    return 1


def main() -> None:
    # TODO: print the number. Ctrl-D raises EOFError in input(), Ctrl-C raises KeyboardInterrupt: end without a traceback.
    pass


if __name__ == "__main__":
    main()
