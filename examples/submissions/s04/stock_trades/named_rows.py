"""Read the columns of a row by their names."""

import sqlite3
from contextlib import closing

DATABASE = "test.db"
ROWS = [("one", 1), ("two", 2), ("three", 3)]


def line_of(row: sqlite3.Row) -> str:
    """Return the number and the word of a row, whatever the order of its columns."""
    return f"{row['i1']} {row['t1']}"


def main() -> None:
    with closing(sqlite3.connect(DATABASE)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("DROP TABLE IF EXISTS test")
        connection.execute("CREATE TABLE test(t1 text, i1 int)")
        connection.executemany("INSERT INTO test(t1, i1) VALUES (?, ?)", ROWS)
        connection.commit()
        for row in connection.execute("SELECT * FROM test ORDER BY i1"):
            print(line_of(row))


if __name__ == "__main__":
    main()
