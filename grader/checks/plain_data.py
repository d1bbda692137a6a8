"""What `student.call` takes and gives: plain data, as JSON on its way to the student's side and back. No process in here.

`grader/sandbox/inside/call.py` is the other end.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.errors import CannotGrade
from grader.limits import ANSWER_DEPTH

_SHOWN = 120  # characters of an argument in a sentence
_MOST_WORDS = 300  # characters of what stands for other data
_MOST_DEPTH = 4 * ANSWER_DEPTH  # of an answer: each level of a result stands in its mark; nothing deeper could be compared


@dataclass(frozen=True)
class Database:
    """As an argument of `student.call`: a fresh sqlite3 connection to this file in the student's folder."""

    name: str


@dataclass(frozen=True)
class ConnectedSocket:
    """As an argument of `student.call`: a socket connected to this port of the session, with this timeout.

    In several calls at once, one and the same object is one and the same socket.
    """

    port: int
    timeout: float | None = None


@dataclass(frozen=True)
class NamedRow:
    """As an argument of `student.call`: an sqlite3.Row with these columns, in this order."""

    columns: Mapping[str, int | float | str | None]


@dataclass(frozen=True)
class Answer:
    """What one of several calls gave: its value, or the exception that the caller expects."""

    value: Any = None
    is_lost: bool = False


def spoken(value: object) -> str:
    """An argument as a sentence names it."""
    if isinstance(value, Database):
        return "connection"
    if isinstance(value, ConnectedSocket):
        return "socket"
    if isinstance(value, NamedRow):
        return "row"
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def encode(value: object) -> Any:
    """An argument as JSON. Raises CannotGrade for other data."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, Database):
        return {"$database": value.name}
    if isinstance(value, ConnectedSocket):
        return {"$socket": [value.port, value.timeout, id(value)]}
    if isinstance(value, NamedRow):
        return {"$row": [[name, content] for name, content in value.columns.items()]}
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"$dict": [[encode(key), encode(item)] for key, item in value.items()]}
    raise CannotGrade(f"student.call cannot pass a {type(value).__name__}; use plain data, Database, NamedRow or ConnectedSocket")


def decode(value: Any, depth: int = _MOST_DEPTH) -> Any:
    """A result from JSON. Raises ValueError when it is nested too deep."""
    if depth < 0:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        return [decode(item, depth - 1) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "$bytes":
        return bytes.fromhex(content)
    if kind == "$datetime":
        return datetime.datetime.fromisoformat(content)
    if kind == "$dict":
        return {decode(key, depth - 1): decode(item, depth - 1) for key, item in content}
    return str(content)[:_MOST_WORDS]  # "$other": what it was, in words


def read_answer(data: bytes) -> dict[str, Any] | None:
    """The answer of one of our programs on the student's side, decoded; None if it is none of the forms they write.

    The student's code runs in the same process and can write into the same pipe, so nothing in `data` is trusted.
    """
    try:
        ((kind, content),) = json.loads(data, parse_constant=_no_number).items()
        match kind:
            case "answers":
                return {
                    kind: [Answer(is_lost=True) if one == {"lost": True} else Answer(decode(one["value"])) for one in content]
                }
            case "missing" | "error":
                return {kind: str(content)}
            case "rows":
                return {kind: [[decode(value) for value in row] for row in content]}
            case "raised":
                words = {name: str(content[name]) for name in ("type", "text", "file", "source", "traceback")}
                return {kind: {**words, "line": int(content["line"])}}
    except Exception:  # forged or cut off: json, unpacking, decoding and recursion all end here
        return None
    return None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON, and not equal to itself")
