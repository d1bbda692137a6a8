"""Runs on the student's side: start a program as `python program arguments` does, and write down the SQL it gives to SQLite.

usage: python trace_sql.py TRACE_FD PROGRAM ARGUMENTS. One JSON list a line: [number of the connection, its database, statement],
with the values in their places. The program does not notice; one that sets a trace callback of its own takes ours away.
Connections made by the class `sqlite3.Connection` itself are not followed. Only the standard library in here.
"""

import contextlib
import json
import os
import sqlite3
import sys
import types
from typing import Any

LONGEST_STATEMENT = 300


def main() -> None:
    fd, program = int(sys.argv[1]), os.path.abspath(sys.argv[2])
    sys.argv = sys.argv[2:]
    sys.path[0] = os.path.dirname(program)
    follow_connections(fd)
    module = types.ModuleType("__main__")
    module.__file__ = program
    sys.modules["__main__"] = module
    with open(program, "rb") as stream:
        code = compile(stream.read(), program, "exec", dont_inherit=True)
    exec(code, module.__dict__)


def follow_connections(fd: int) -> None:
    """Replace `sqlite3.connect` by a function that gives every new connection a trace callback."""
    original = sqlite3.connect
    made = 0

    def connect(*args: Any, **kwargs: Any) -> Any:
        nonlocal made
        connection = original(*args, **kwargs)
        made += 1
        number, database = made, name_of(args[0] if args else kwargs.get("database"))

        def record(statement: str) -> None:
            line = json.dumps([number, database, statement[:LONGEST_STATEMENT]]) + "\n"
            with contextlib.suppress(OSError):  # more than the trace's file may hold
                os.write(fd, line.encode())

        if connection.in_transaction:  # one made with autocommit=False begins its first before it can be followed
            record("BEGIN")
        connection.set_trace_callback(record)
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = connect


def name_of(database: Any) -> str:
    try:
        return os.fsdecode(database)
    except TypeError:
        return repr(database)


main()
