"""Ask for a name and greet it."""

import sys


def greeting(name: str) -> str:
    """Return the sentence for this name."""
    return f"Hello, {name}!"


def main() -> None:
    try:
        name = input("Your name: ")
    except EOFError:
        sys.exit("There is no name to greet.")
    print(greeting(name))


if __name__ == "__main__":
    main()
