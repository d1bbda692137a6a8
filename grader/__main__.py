"""`python -m grader` is the command `grader`. Nothing else belongs in here."""

from grader.cli import main

if __name__ == "__main__":
    main()
