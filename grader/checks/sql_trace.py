"""The SQL statements of a student's programs, and why what they wrote is not in the file. Writing them down is not in here.

A trace explains; it never decides. A program can write into its own trace, so a check first looks at the database itself.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from grader.limits import SQL_TRACE_BYTES

_WRITES = {"INSERT", "REPLACE", "UPDATE", "DELETE"}


@dataclass(frozen=True)
class Statement:
    """A statement that SQLite ran, with its values, on one connection. `database` is the name the program gave to connect()."""

    connection: int
    database: str
    sql: str

    @property
    def verb(self) -> str:
        """The statement's first word in capitals."""
        return (self.sql.split(None, 1) or [""])[0].upper().rstrip(";")


class SqlTrace:
    """What the programs started under `student.trace_sql()` had SQLite do, in order. Complete when its `with` block has ended."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        """Without those that SQLite runs inside of others (triggers)."""
        self.is_open = False
        self._cut = False

    def __enter__(self) -> Self:
        self.is_open = True
        self._file = tempfile.TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_open = False
        with self._file:
            data = os.pread(self.fileno(), SQL_TRACE_BYTES, 0)
        self._cut = len(data) == SQL_TRACE_BYTES
        found = (_parse(line) for line in data.split(b"\n"))
        self.statements = [statement for statement in found if statement and not statement.sql.startswith("--")]

    def fileno(self) -> int:
        """The descriptor that the programs write to."""
        return self._file.fileno()

    def why_not_saved(self, database: str) -> str:
        """A phrase that says why what was written to `database` is not in the file: "INSERT ran, COMMIT never did".

        Empty when the statements give no reason.
        """
        own = [statement for statement in self.statements if _same_file(statement.database, database)]
        if self._cut:
            return ""
        verbs: dict[int, list[str]] = {}
        for statement in own:
            verbs.setdefault(statement.connection, []).append(statement.verb)
        for of_connection in verbs.values():
            reason = _why_lost(of_connection)
            if reason:
                return reason
        if any(statement.verb in _WRITES for statement in own):
            return ""
        for statement in self.statements:
            if statement.verb in _WRITES:
                return f"{statement.verb} ran in the database {statement.database[:60]!r}, never in {database!r}"
        return "no INSERT ran" if self.statements else "no SQL statement ran"


def _why_lost(verbs: Sequence[str]) -> str:
    """Why one connection's writes are lost: its last transaction was left open or taken back. Empty when they are not."""
    is_open, written, reason = False, "", ""
    for verb in verbs:
        if verb == "BEGIN":
            is_open = True
        elif verb in ("COMMIT", "END"):
            is_open, written, reason = False, "", ""
        elif verb == "ROLLBACK":
            reason = f"{written} ran, then ROLLBACK took it back" if written else reason
            is_open, written = False, ""
        elif verb in _WRITES and is_open:
            written = written or verb
    return f"{written} ran, COMMIT never did" if written else reason


def _same_file(name: str, other: str) -> bool:
    return os.path.basename(name.partition("?")[0]) == os.path.basename(other)


def _parse(line: bytes) -> Statement | None:
    try:
        connection, database, sql = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return None  # the last line of a program that was killed, or one that the program wrote itself
    if isinstance(connection, int) and isinstance(database, str) and isinstance(sql, str):
        return Statement(connection, database, sql)
    return None
