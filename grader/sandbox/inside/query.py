"""Runs on the student's side: run SQL on a database file with our own code.

usage: python -I query.py RESULT_FD DATABASE MODE STATEMENTS_AS_JSON MOST_ROWS. The statements are
[[sql, rows of parameters], …], in one transaction; MODE is "ro", or "rwc" to change or make the file. Answers {"rows": […]}, at
most so many of the last statement's, or {"error": sentence} as JSON. A database file is data from a hostile program, so it is
opened here and not in the session.
"""

import json
import os
import sqlite3
import sys
import urllib.parse
from typing import Any


def main() -> None:
    result_fd, database, mode, statements = int(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    most_rows = int(sys.argv[5])
    try:
        connection = sqlite3.connect("file:" + urllib.parse.quote(database) + "?mode=" + mode, uri=True)
        connection.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
        found: list[Any] = []
        with connection:
            for sql, rows in statements:
                for row in rows:
                    found = connection.execute(sql, row).fetchmany(most_rows)
        answer: dict[str, object] = {"rows": [[plain(value) for value in row] for row in found]}
    except sqlite3.Error as error:
        answer = {"error": str(error)}
    with os.fdopen(result_fd, "wb") as stream:
        stream.write(json.dumps(answer).encode())


def plain(value: object) -> object:
    return {"$bytes": value.hex()} if isinstance(value, bytes) else value


main()
