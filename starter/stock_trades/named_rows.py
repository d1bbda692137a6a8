"""Read the columns of a row by their names."""

import sqlite3

DATABASE = "test.db"


def line_of(row: sqlite3.Row) -> str:
    """Return `1 one` for a row whose column i1 is 1 and whose column t1 is `one`. It may have its columns in any order."""
    # TODO: take the columns by name.
    return ""


def main() -> None:
    connection = sqlite3.connect(DATABASE)
    # TODO: let the connection make sqlite3.Row objects.
    # TODO: drop the table test if it exists, make test(t1 text, i1 int), put three rows in, commit, and print line_of each.
    connection.close()


if __name__ == "__main__":
    main()
