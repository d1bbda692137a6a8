"""Notebooks as bytes: which cells they have, whichever editor saved them. What the cells are worth is not in here."""

from __future__ import annotations

import functools
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CONFLICT = re.compile(r"^[ \t]*(<{7}|={7}|>{7})", re.MULTILINE)

MOST_CELLS = 500
MOST_CHARACTERS = 2_000_000
"""Of the text of all cells (Colab writes pictures into it); outputs do not count, they are not read."""
_MOST_TAGS = 20
_LONGEST_TAG = 100


class BrokenNotebook(ValueError):
    """The bytes are not a notebook. `str(error)` is one sentence without a closing full stop."""


@dataclass(frozen=True)
class Cell:
    kind: str
    """`code`, `markdown` or `raw`."""
    source: str
    number: int
    """1 for the first cell."""
    id: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notebook:
    cells: tuple[Cell, ...]


@functools.lru_cache(maxsize=4)  # several checks read the same notebook, one after the other
def read(data: bytes) -> Notebook:
    """The cells of a notebook of any format version.

    What editors leave behind without harm is repaired: ids that are missing, doubled or too long, formats 3 and 4.0, outputs and
    metadata that break the format. Only what a cell *is* and what stands in it must be right.

    Raises BrokenNotebook.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BrokenNotebook("it is not a notebook: its bytes are not UTF-8 text") from None
    if not text.strip():
        raise BrokenNotebook("the file is empty")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        if _CONFLICT.search(text):
            raise BrokenNotebook("it holds the marks of a git conflict (<<<<<<<): choose one side and save it again") from None
        raise BrokenNotebook("it is not a notebook: its text is not JSON") from None
    if not isinstance(content, dict) or not any(isinstance(content.get(key), list) for key in ("cells", "worksheets")):
        raise BrokenNotebook("it is not a notebook: there is no list of cells in it")
    import nbformat  # only here: every session would pay for the import, and most assignments have no notebook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = _without_ballast(content["cells"]) if content.get("nbformat") == 4 else _without_outputs(content)
            found = nbformat.reads(json.dumps(content), as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(found)
    except BrokenNotebook:
        raise
    except Exception as error:  # nbformat raises whatever its code trips over; the file is broken in every case
        raise BrokenNotebook(f"it is not a notebook that Jupyter can open ({type(error).__name__})") from None
    return Notebook(tuple(_cell(raw, number) for number, raw in enumerate(found["cells"], start=1)))


def _without_ballast(cells: list[object]) -> dict[str, object]:
    """A notebook of the newest format with what cells are and say, and nothing of what only Jupyter needs."""
    kept, left = [], MOST_CHARACTERS
    for number, raw in enumerate(_few(cells), start=1):
        if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown", "raw"):
            raise BrokenNotebook(f"its cell {number} is neither code nor text")
        source = _joined(raw.get("source"))
        if source is None:
            raise BrokenNotebook(f"its cell {number} has no text")
        left = _less(left, source)
        metadata, identity = raw.get("metadata"), raw.get("id")
        tags = metadata.get("tags") if isinstance(metadata, dict) else None
        cell: dict[str, object] = {"cell_type": raw["cell_type"], "source": source}
        cell["metadata"] = {"tags": _valid_tags(tags)}
        if isinstance(identity, str) and _CELL_ID.fullmatch(identity):
            cell["id"] = identity
        if raw["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        kept.append(cell)
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": kept}


def _without_outputs(content: dict[str, Any]) -> dict[str, object]:
    """The same for an older format: what nbformat needs to read its cells as those of the newest."""
    version = ("nbformat", "nbformat_minor")
    kept: dict[str, object] = {name: content[name] for name in version if isinstance(content.get(name), int | str)}
    left = MOST_CHARACTERS
    for name in ("cells", "worksheets"):
        if not isinstance(content.get(name), list):
            continue
        sheets = [{"cells": content[name]}] if name == "cells" else _few(content[name])
        cells = _few([cell for sheet in sheets for cell in sheet["cells"]])
        for cell in cells:
            cell.pop("outputs", None)
            cell["metadata"] = {}
            for key in {"source", "input"} & cell.keys():
                cell[key] = _joined(cell[key]) or ""
                left = _less(left, cell[key])
            if cell.get("cell_type") == "code":
                cell["outputs"] = []
        kept[name] = cells if name == "cells" else [{"cells": cells, "metadata": {}}]
    return {"metadata": {"name": ""}, **kept}


def _few(cells: list[Any]) -> list[Any]:
    if len(cells) > MOST_CELLS:
        raise BrokenNotebook(f"it has more than {MOST_CELLS} cells")
    return cells


def _less(left: int, text: str) -> int:
    if len(text) > left:
        raise BrokenNotebook(f"its cells have more than {MOST_CHARACTERS:,} characters of text")
    return left - len(text)


def _joined(source: object) -> str | None:
    """The text of a cell, which is a string or a list of lines; None if it is neither."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _valid_tags(tags: object) -> list[str]:
    all_ = tags[:_MOST_TAGS] if isinstance(tags, list) else []
    strings = [tag for tag in all_ if isinstance(tag, str) and 0 < len(tag) <= _LONGEST_TAG and "," not in tag]
    return list(dict.fromkeys(strings))


def _cell(raw: Mapping[str, Any], number: int) -> Cell:
    return Cell(raw["cell_type"], raw["source"], number, raw.get("id", ""), tuple(raw["metadata"].get("tags", ())))
