"""The rules are a generator, which knows nothing of keyboard and screen."""

import argparse
import sys
from collections.abc import Generator


class OutOfRange(ValueError):
    pass


def within(number: int, lowest: int, highest: int) -> int:
    if not lowest <= number <= highest:
        raise OutOfRange(number)
    return number


def conversation(lowest: int, highest: int) -> Generator[str, str, int]:
    """Yield questions, take answers, return the number."""
    remark = ""
    while True:
        answer = yield f"{remark}Enter number from {lowest} to {highest}: "
        try:
            return within(int(answer), lowest, highest)
        except OutOfRange:
            remark = f"Your number must be from {lowest} to {highest}:\n"
        except ValueError:
            remark = f"Sorry!\n   That is not a valid integer. ({len(answer)} signs)\n\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lowest", type=int, default=1)
    parser.add_argument("--highest", type=int, default=10)
    options = parser.parse_args(arguments)
    talk = conversation(options.lowest, options.highest)
    try:
        question = next(talk)
        while True:
            question = talk.send(input(question))
    except StopIteration as result:
        print(f"You chose {result.value}.")
    except EOFError:
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
