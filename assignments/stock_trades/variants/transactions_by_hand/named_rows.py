"""Rows with names: as a dictionary, and with all columns in one match."""

import sqlite3


def line_of(row: sqlite3.Row) -> str:
    match dict(row):
        case {"i1": number, "t1": word}:
            return f"{number} {word}"
    raise LookupError(row.keys())


def main() -> None:
    with sqlite3.connect("test.db") as connection:
        connection.execute("drop table if exists test")
        connection.execute("create table test(t1 text, i1 int)")
        connection.executemany("insert into test(i1, t1) values(?, ?)", enumerate(["one", "two", "three"], start=1))
    connection.row_factory = sqlite3.Row
    cursor = connection.execute("select i1 as number, t1, i1 from test order by number")
    while (row := cursor.fetchone()) is not None:
        print(line_of(row))


if __name__ == "__main__":
    main()
