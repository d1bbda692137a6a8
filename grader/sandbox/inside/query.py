"""Runs on the student's side: open a database file read-only and answer one query with our own code.

usage: python -I query.py RESULT_FD DATABASE SQL PARAMETERS_AS_JSON. Answers {"rows": […]} or {"error": sentence} as JSON.
A database file is data from a hostile program, so it is opened here and not in the session.
"""

import json
import os
import sqlite3
import sys
import urllib.parse

MOST_ROWS = 10_000


def main() -> None:
    result_fd, database, sql, parameters = int(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    try:
        connection = sqlite3.connect("file:" + urllib.parse.quote(database) + "?mode=ro", uri=True)
        connection.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
        rows = connection.execute(sql, parameters).fetchmany(MOST_ROWS)
        answer: dict[str, object] = {"rows": [[plain(value) for value in row] for row in rows]}
    except sqlite3.Error as error:
        answer = {"error": str(error)}
    with os.fdopen(result_fd, "wb") as stream:
        stream.write(json.dumps(answer).encode())


def plain(value: object) -> object:
    return {"$bytes": value.hex()} if isinstance(value, bytes) else value


main()
