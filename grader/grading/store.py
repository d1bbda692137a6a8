"""Every result, in a SQLite file, from the moment it exists; and the rubric points a person gave. No grading in here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from grader.codec import from_line, to_line
from grader.errors import GraderError
from grader.model import Isolation, Result, ResultStatus, Status

BUSY_SECONDS = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT, isolation TEXT NOT NULL, seed INTEGER NOT NULL,
    jobs INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    student TEXT NOT NULL, assignment TEXT NOT NULL, key TEXT NOT NULL, isolation TEXT NOT NULL, seed INTEGER NOT NULL,
    finished_at TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (student, assignment, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS durations (
    student TEXT NOT NULL, assignment TEXT NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (student, assignment)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rubric (
    student TEXT NOT NULL, assignment TEXT NOT NULL, item TEXT NOT NULL, points REAL NOT NULL, note TEXT NOT NULL,
    entered_at TEXT NOT NULL, PRIMARY KEY (student, assignment, item)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class RubricEntry:
    """Points that a person gave for one rubric item."""

    item: str
    points: float
    note: str
    entered_at: str


@dataclass(frozen=True)
class _Row:
    """A result as it is kept. Versions before this one kept a result without anything around it, in another form."""

    result: Result


def store_file(course_root: Path) -> Path:
    return course_root / ".grader" / "results.sqlite"


class Store:
    """The results and rubric points of one course. Each write is committed before its method returns.

    Several processes may use one file at a time; a `Store` itself belongs to the thread that made it. Every method raises
    GraderError when the file is damaged, locked for more than ten seconds, or cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        with self._sentences():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with self._sentences():
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.executescript(_SCHEMA)
        except GraderError:
            self._connection.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # ---- results

    def begin_run(self, isolation: Isolation, seed: int, jobs: int) -> int:
        """Note that a run of `jobs` jobs begins; return its number."""
        with self._sentences():
            row = self._connection.execute(
                "INSERT INTO runs (started_at, isolation, seed, jobs) VALUES (?, ?, ?, ?) RETURNING id",
                (now(), isolation.value, seed, jobs),
            ).fetchone()
        return int(row[0])

    def end_run(self, run: int) -> None:
        with self._sentences():
            self._connection.execute("UPDATE runs SET finished_at = ? WHERE id = ?", (now(), run))

    def save(self, key: str, result: Result) -> None:
        """Keep `result` under `key`, in place of an earlier one under the same key."""
        with self._sentences(), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(
                "INSERT OR REPLACE INTO durations VALUES (?, ?, ?)", (result.student, result.assignment, result.seconds)
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO results (student, assignment, key, isolation, seed, finished_at, json)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (result.student, result.assignment, key, result.isolation.value, result.seed, now(), to_line(_Row(result))),
            )

    def saved(self, student: str, slug: str, key: str) -> Result | None:
        """Return the result under `key`, marked as cached. None if there is none, or one that is `error` or unreadable."""
        with self._sentences():
            row = self._connection.execute(
                "SELECT json FROM results WHERE student = ? AND assignment = ? AND key = ?", (student, slug, key)
            ).fetchone()
        if row is None:
            return None
        try:
            result = from_line(_Row, row[0]).result
        except ValueError:
            return None
        return None if has_error(result) else replace(result, cached=True)

    def seconds(self) -> dict[tuple[str, str], float]:
        """Return how long each submission took when it was last graded in a session, by student and assignment."""
        with self._sentences():
            rows = self._connection.execute("SELECT student, assignment, seconds FROM durations").fetchall()
        return {(student, slug): seconds for student, slug, seconds in rows}

    def knows(self, student: str) -> bool:
        """Tell whether there is a result of this student."""
        with self._sentences():
            return self._connection.execute("SELECT 1 FROM results WHERE student = ? LIMIT 1", (student,)).fetchone() is not None

    def students(self) -> list[str]:
        """The names of all students that there is a result of."""
        with self._sentences():
            return [student for (student,) in self._connection.execute("SELECT DISTINCT student FROM results ORDER BY student")]

    # ---- rubric

    def enter_points(self, student: str, slug: str, points: Mapping[str, float | None], note: str = "") -> None:
        """Keep the points a person gave, by rubric item; None takes the points for an item back."""
        with self._sentences(), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for item, value in points.items():
                if value is None:
                    self._connection.execute(
                        "DELETE FROM rubric WHERE student = ? AND assignment = ? AND item = ?", (student, slug, item)
                    )
                else:
                    self._connection.execute(
                        "INSERT OR REPLACE INTO rubric VALUES (?, ?, ?, ?, ?, ?)", (student, slug, item, value, note, now())
                    )

    def entries(self, student: str, slug: str) -> list[RubricEntry]:
        """Return what was entered for one student and assignment."""
        with self._sentences():
            rows = self._connection.execute(
                "SELECT item, points, note, entered_at FROM rubric WHERE student = ? AND assignment = ? ORDER BY item",
                (student, slug),
            ).fetchall()
        return [RubricEntry(*row) for row in rows]

    def with_rubric(self, result: Result) -> Result:
        """Return `result` with the points a person gave."""
        entries = self.entries(result.student, result.assignment)
        return replace(result, rubric={entry.item: entry.points for entry in entries})

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise GraderError(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> str:
        if "locked" in str(error):
            return f"The results file {self.file} is in use by another program: wait for it, or end it."
        if isinstance(error, sqlite3.OperationalError | OSError):
            return f"The results file {self.file} cannot be used ({error}): check its folder, its permissions and the free space."
        return f"The results file {self.file} is damaged ({error}): move it away (the rubric points in it too) and grade again."


def has_error(result: Result) -> bool:
    """Tell whether something in `result` was not the student's fault, so that it has to be graded again."""
    return result.status is ResultStatus.ERROR or any(check.status is Status.ERROR for check in result.checks)


def now() -> str:
    """Return the present time in UTC, as reports write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
