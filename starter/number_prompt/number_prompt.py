"""Ask for a name and greet it."""


def greeting(name: str) -> str:
    """Return `Hello, NAME!`."""
    # TODO
    return ""


def main() -> None:
    # TODO: ask for a name and print its greeting. The input may end before there is a name: say so, without a traceback.
    pass


if __name__ == "__main__":
    main()
