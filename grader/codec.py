"""Values as plain data or as one line of bytes, and back: what travels between processes, and what is stored.

The dataclasses are read by `msgspec`, so a new field travels without a word in here. Of the three libraries for this it is the
quickest to import and to decode (cattrs: 17 times its time to decode, pydantic: 1.6 times, and no bytes but UTF-8 unless told).
The report that others read is not in here: `reports.json_report` spells it out, for its fields are a contract.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Return `value` as dicts, tuples, texts (bytes in Base64), numbers and None. Raises TypeError for what has no such form."""
    return msgspec.to_builtins(value, enc_hook=_as_text)


def from_plain(kind: type[T], data: object) -> T:
    """The opposite of `to_plain`. Raises ValueError that says where something is missing or has another type."""
    return msgspec.convert(data, kind, dec_hook=_path_from_text)


def to_line(value: object) -> bytes:
    """Return `value` as JSON without a line end in it.

    msgspec's own writer is not used: it has no bytes for half a surrogate pair, and texts of students may have such.
    """
    return json.dumps(to_plain(value), ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_line(kind: type[T], line: bytes | str) -> T:
    """The opposite of `to_line`. Raises ValueError for what is no JSON, or no `kind`."""
    return from_plain(kind, json.loads(line))


def _as_text(value: object) -> str:
    if isinstance(value, Path | str):  # a str that comes here is of a class of its own
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no plain form")


def _path_from_text(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(f"a {kind.__name__} has no plain form")
