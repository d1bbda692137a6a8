"""A command line whose only command is a number."""

import cmd
import sys


class Keyboard:
    """Tells the end of the input from a line that is `EOF`, which cmd.Cmd does not."""

    def readline(self):
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line


class NumberPrompt(cmd.Cmd):
    prompt = "Enter number from 1 to 10: "
    use_rawinput = False

    def onecmd(self, line):
        """Return True at a number from 1 to 10: that ends the loop."""
        try:
            number = int(line)
        except ValueError:
            print("That is not a valid integer.")
            return False
        if number not in range(1, 11):
            print("Your number must be from 1 to 10:")
            return False
        print(number)
        return True


if __name__ == "__main__":
    try:
        NumberPrompt(stdin=Keyboard()).cmdloop()
    except (EOFError, KeyboardInterrupt):
        print()
