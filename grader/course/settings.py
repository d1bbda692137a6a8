"""The settings files of a course, table by table, and the one sentence on what is wrong in them. Which there are: their readers.

    FILE, [TABLE]: what is wrong; what to do.

A table becomes a dataclass, its fields the settings. `msgspec` tells whether a value is of a field's kind. It is asked for one
setting at a time and its own words are not shown: of a whole file it does not say in which of the [checks] a fault lies, and
never what to write instead. A kind brings these words along: `Meta(description=what it is, examples=[what to write])`.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from grader.errors import CourseError

T = TypeVar("T")

KINDS: Mapping[Any, Any] = {
    str: Annotated[str, Meta(pattern=r"\S", description="a text that says something", examples=['"…"'])],
    str | None: Annotated[str, Meta(description="a text", examples=['"…"'])],
    int: Annotated[int, Meta(ge=0, description="a whole number from 0", examples=[2])],
    bool: Annotated[bool, Meta(description="true or false", examples=["true"])],
    tuple[str, ...]: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        Meta(min_length=1, description="a list of one text or more", examples=['["…"]']),
    ],
}
"""What is allowed in a field of a dataclass that says nothing more than its type."""
ABOVE_0: Mapping[Any, Any] = {
    int: Annotated[int, Meta(gt=0, description="a whole number above 0", examples=[2])],
    float: Annotated[float, Meta(gt=0, description="a number above 0", examples=[2])],
}
"""The same for tables in which every number is a limit."""


@dataclass(frozen=True)
class Table:
    """One table of a settings file. Every method raises CourseError for what is wrong in it."""

    file: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """Its name in the file; empty for what stands before the first table."""

    def broken(self, what: str, todo: str) -> NoReturn:
        place = f"{self.file}, [{self.where}]" if self.where else str(self.file)
        raise CourseError(f"{place}: {what}; {todo}.")

    def only(self, known: Iterable[str]) -> None:
        """There is no setting beside `known`."""
        known = sorted(known)
        for key in self.values:
            if key not in known:
                self.broken(f"there is no setting {key!r}", f"use {', '.join(known)}")

    def read(self, kind: type[T], kinds: Mapping[Any, Any] = KINDS, **given: Any) -> T:
        """Return a `kind` of all settings of this table. What is `given` is none of them."""
        self.only(names_of(kind) - given.keys())
        return self.fill(kind, kinds, **given)

    def fill(self, kind: type[T], kinds: Mapping[Any, Any] = KINDS, **given: Any) -> T:
        """Return a `kind` of settings of this table and of what is `given`. There may be other settings."""
        hints = _hints(kind)  # type: ignore[arg-type]  # mypy doubts that a class has a hash
        found = {}
        for one in fields(kind):  # type: ignore[arg-type]  # of which every dataclass has some
            required = one.default is MISSING and one.default_factory is MISSING
            if one.name not in given and (required or one.name in self.values):
                found[one.name] = self._value(one, kinds.get(hints[one.name], hints[one.name]))
        return kind(**found, **given)

    def _value(self, one: Field[Any], kind: Any) -> Any:
        words = next(word for word in get_args(kind) if isinstance(word, Meta))
        example = one.default if isinstance(one.default, int | float) and one.default else (words.examples or [])[0]
        todo = f"write for example {one.name} = {example}"
        if one.name not in self.values:
            self.broken(f"`{one.name}` is missing", todo)
        try:
            return msgspec.convert(self.values[one.name], kind)
        except msgspec.ValidationError:
            self.broken(f"`{one.name}` is not {words.description}", todo)

    def inside(self, key: str, required: bool = False) -> Table:
        """Return the table [key] of this one; empty if it is missing."""
        name = f"{self.where}.{key}".strip(".")
        value = self.values.get(key, {})
        if not isinstance(value, dict) or (required and not value):
            Table(self.file).broken(f"[{name}] is missing or not a table", f"begin it with a line [{name}]")
        return Table(self.file, value, name)

    def each(self) -> Iterator[tuple[str, Table]]:
        """Yield the tables of a table of tables, each with its name."""
        for key in self.values:
            yield key, self.inside(key)

    def entries(self, key: str) -> Iterator[Table]:
        """Yield the tables of a list, [[key]]; nothing if it is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.broken(f"`{key}` is not a list of tables", f"begin each with a line [[{key}]]")
        for entry in value:
            yield Table(self.file, entry, key)


def load(file: Path) -> Table:
    """Read a settings file. Raises CourseError if that is impossible, or it is no TOML."""
    try:
        return parse(file, file.read_bytes())
    except OSError as error:
        raise _unreadable(file, error) from error


def parse(file: Path, data: bytes) -> Table:
    """Return what `data`, the content of `file`, says. Raises CourseError if it is no TOML."""
    try:
        return Table(file, tomllib.loads(data.decode()))
    except ValueError as error:
        raise _unreadable(file, error) from error


def names_of(kind: type) -> set[str]:
    """Return the names of a dataclass's fields."""
    return {one.name for one in fields(kind)}


@functools.cache  # a course has a hundred tables of one kind
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _unreadable(file: Path, error: Exception) -> CourseError:
    return CourseError(f"{file} cannot be read: {error}. Correct the file.")
