"""Rows with names, by way of the format operator: a row is a mapping, too."""

import sqlite3

connection = sqlite3.connect("test.db")


def line_of(row):
    return "%(i1)d %(t1)s" % row


if __name__ == "__main__":
    cursor = connection.cursor()
    cursor.executescript(
        """
        BEGIN;
        DROP TABLE IF EXISTS test;
        CREATE TABLE test(t1 text, i1 int);
        INSERT INTO test VALUES ('two', 2), ('three', 3), ('one', 1);
        COMMIT;
        """
    )
    cursor.row_factory = sqlite3.Row
    for row in cursor.execute("SELECT i1, t1 FROM test ORDER BY i1"):
        print(line_of(row))
