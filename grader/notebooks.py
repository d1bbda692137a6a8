"""Notebooks as bytes: their cells, the explanations in them and how complete those are. No files, no verdicts, no points in here.

An explanation belongs to a line of the given code by a marker in the source of its cell, `<!-- explain: L07 -->`: the one thing
that survives Colab, VS Code, Jupyter and git alike. Cell ids and metadata do not; they are only asked when a marker is gone.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import nbformat

ENOUGH_WORDS = 5
"""An explanation with fewer words is too short to be one."""

MISSING = "its cell or its marker is gone"
EMPTY = "empty"
PLACEHOLDER = "still the placeholder"
ONLY_CODE = "only repeats the code"
TOO_SHORT = f"fewer than {ENOUGH_WORDS} words"
NAMES_NOTHING = "names nothing that stands on that line"

_MARKER = re.compile(r"(?<!`)<!--\s*explain\s*:\s*([\w.-]*\w)\s*-->", re.IGNORECASE)  # in a code span it is only talked about
_TAG = re.compile(r"explain[-:_ ]\s*([\w.-]*\w)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,}).*?(^\s*\1|\Z)", re.DOTALL | re.MULTILINE)
_CODE_SPAN = re.compile(r"(`+)(?!`).{1,400}?(?<!`)\1(?!`)", re.DOTALL)
_WORD = re.compile(r"\w+")
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CONFLICT = re.compile(r"^\s*(<{7}|={7}|>{7})", re.MULTILINE)
_EVERYDAY = frozenset({"and", "as", "else", "for", "from", "if", "in", "is", "not", "or", "while", "with"})
"""Words of Python that are words of English, too: an explanation that holds them has not named the line."""


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


@dataclass(frozen=True)
class Answer:
    text: str
    cell: int
    """Number of the cell that holds it, 1 for the first."""


@dataclass(frozen=True)
class Completeness:
    explained: tuple[str, ...]
    """Ids of the lines that are explained, in the order of the given notebook."""
    total: int
    missing: Mapping[str, str]
    """Id of a line that is not explained -> why not."""
    cells: Mapping[str, int]
    """Id of a line -> number of the cell that was judged, for every line that has one."""


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
    except (ValueError, RecursionError):
        if _CONFLICT.search(text):
            raise BrokenNotebook("it holds the marks of a git conflict (<<<<<<<): choose one side and save it again") from None
        raise BrokenNotebook("it is not a notebook: its text is not JSON") from None
    if not isinstance(content, dict) or not any(isinstance(content.get(key), list) for key in ("cells", "worksheets")):
        raise BrokenNotebook("it is not a notebook: there is no list of cells in it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if content.get("nbformat") == 4:
                content = _without_ballast(content["cells"])
            found = nbformat.reads(json.dumps(content), as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(found)
    except BrokenNotebook:
        raise
    except Exception as error:  # nbformat raises whatever its code trips over; the file is broken in every case
        raise BrokenNotebook(f"it is not a notebook that Jupyter can open ({type(error).__name__})") from None
    return Notebook(tuple(_cell(raw, number) for number, raw in enumerate(found["cells"], start=1)))


def explanations(notebook: Notebook, given: Notebook | None = None) -> dict[str, Answer]:
    """The text to every line that has one, by the id in its marker.

    Several markers in one cell (cells were merged) share it: each has the text up to the next. Of several cells with the same
    marker (a cell was copied) the last one that is not empty counts. A line without a marker is looked for by the tag
    `explain-<id>` of a cell without markers, then by such a cell id. With `given`, the words of the given notebook (label,
    placeholder) are not part of a text.
    """
    answers = _answers(notebook)
    if given is not None:
        texts = [_COMMENT.sub("", cell.source) for cell in given.cells if cell.kind != "code"]
        lines = [line.strip() for text in texts for line in text.splitlines() if _words(line)]
        answers = {name: [Answer(_without(one.text, lines), one.cell) for one in all_] for name, all_ in answers.items()}
    return {name: next((one for one in reversed(all_) if one.text), all_[-1]) for name, all_ in answers.items()}


def judge_explanations(given: Notebook, handed_in: Notebook) -> Completeness:
    """Which of the lines that the given notebook asks for are explained, and why the others are not.

    Completeness only: whether an explanation is *good* is for a person to say.
    """
    code = _code_by_id(given)
    answers = explanations(handed_in, given)
    with_given_words = explanations(handed_in)
    first_with: dict[tuple[str, ...], str] = {}
    missing: dict[str, str] = {}
    asked_for = explanations(given)
    for name, untouched in asked_for.items():
        answer = answers.get(name)
        if answer is None:
            missing[name] = MISSING
        elif not answer.text:
            still_there = set(_words(untouched.text)) <= set(_words(with_given_words[name].text))
            missing[name] = PLACEHOLDER if still_there and untouched.text else EMPTY
        elif reason := _fault(answer.text, code[name], name):
            missing[name] = reason
        elif (first := first_with.setdefault(tuple(_words(answer.text)), name)) != name:
            missing[name] = f"the same text as {first}"
    explained = tuple(name for name in asked_for if name not in missing)
    return Completeness(explained, len(asked_for), missing, {name: answers[name].cell for name in asked_for if name in answers})


def code_unchanged(given: Notebook, handed_in: Notebook) -> tuple[str, ...]:
    """First lines of the given code that is changed or gone; empty if all of it is still there.

    Compared statement by statement as Python understands it, so layout, comments, the order of cells, merged cells, split cells
    and cells of the student's own make no difference.
    """
    there = {dump for cell in _code_cells(handed_in) for dump, _ in _statements(cell)}
    return tuple(first for cell in _code_cells(given) for dump, first in _statements(cell) if dump not in there)


def _without_ballast(cells: list[object]) -> dict[str, object]:
    """A notebook of the newest format with what cells are and say, and nothing of what only Jupyter needs."""
    kept = []
    for number, raw in enumerate(cells, start=1):
        if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown", "raw"):
            raise BrokenNotebook(f"its cell {number} is neither code nor text")
        if not isinstance(raw.get("source"), str | list):
            raise BrokenNotebook(f"its cell {number} has no text")
        metadata, identity = raw.get("metadata"), raw.get("id")
        tags = metadata.get("tags") if isinstance(metadata, dict) else None
        cell: dict[str, object] = {"cell_type": raw["cell_type"], "source": raw["source"]}
        cell["metadata"] = {"tags": _valid_tags(tags)}
        if isinstance(identity, str) and _CELL_ID.fullmatch(identity):
            cell["id"] = identity
        if raw["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        kept.append(cell)
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": kept}


def _valid_tags(tags: object) -> list[str]:
    strings = [tag for tag in tags if isinstance(tag, str) and tag and "," not in tag] if isinstance(tags, list) else []
    return list(dict.fromkeys(strings))


def _cell(raw: Mapping[str, Any], number: int) -> Cell:
    return Cell(raw["cell_type"], raw["source"], number, raw.get("id", ""), tuple(raw["metadata"].get("tags", ())))


def _answers(notebook: Notebook) -> dict[str, list[Answer]]:
    """Every text that stands for a line, in the order of the notebook."""
    by_marker: dict[str, list[Answer]] = {}
    by_tag: dict[str, list[Answer]] = {}
    by_id: dict[str, list[Answer]] = {}
    for cell in notebook.cells:
        markers = list(_MARKER.finditer(cell.source))
        if markers:
            # What stands above the first marker belongs to it: some write their text over the marker, not under it.
            starts = [0, *(marker.start() for marker in markers[1:]), len(cell.source)]
            for marker, (start, end) in zip(markers, pairwise(starts), strict=True):
                by_marker.setdefault(marker[1], []).append(_answer(cell, cell.source[start:end]))
        elif cell.kind != "code":
            for tag in cell.tags:
                if found := _TAG.fullmatch(tag):
                    by_tag.setdefault(found[1], []).append(_answer(cell, cell.source))
            if found := _TAG.fullmatch(cell.id):
                by_id.setdefault(found[1], []).append(_answer(cell, cell.source))
    return {**by_id, **by_tag, **by_marker}


def _answer(cell: Cell, text: str) -> Answer:
    return Answer(_COMMENT.sub("", text).strip(), cell.number)


def _without(text: str, given: list[str]) -> str:
    """`text` without the given lines, whose mark-up or spaces may have changed."""
    given_words = [_words(line) for line in given]
    long_lines = [line for line in given if len(_words(line)) > 2]  # a short one may be a part of anybody's sentence
    kept = []
    for line in text.splitlines():
        if _words(line) not in given_words:
            for given_line in long_lines:
                line = line.replace(given_line, "")
            kept.append(line)
    rest = "\n".join(kept).strip()
    return rest if _words(rest) else ""


def _fault(text: str, code: str, name: str) -> str:
    """Why a text that is not empty explains nothing of the line `name`, or an empty string."""
    prose = _CODE_SPAN.sub(" code ", _FENCE.sub(" ", text))
    prose_words = _words(prose)
    if not set(prose_words) - {"code"} or not set(_words(text)) - set(_words(f"{code} {name}")):
        return ONLY_CODE
    if len(prose_words) < ENOUGH_WORDS:
        return TOO_SHORT
    things = _things(code)
    said = {part for word in _WORD.findall(text) for part in _parts(word)}
    if things and not any(word == thing or (len(thing) > 2 and word.startswith(thing)) for word in said for thing in things):
        return NAMES_NOTHING
    return ""


def _words(text: str) -> list[str]:
    """The words of a text, for comparing: without marks, spaces and capitals. `_emphasis_` is a word without its marks."""
    return [word for word in (found.strip("_").casefold() for found in _WORD.findall(text)) if word]


def _things(code: str) -> set[str]:
    """What an explanation of that code can name: identifiers and their parts, keywords, numbers, words in strings."""
    words = _WORD.findall(re.sub(r"\\[rnt]", " ", code))
    return {part for word in words for part in _parts(word) if len(part) > 1 or part.isdigit()} - _EVERYDAY


def _parts(word: str) -> Iterator[str]:
    """`PageHandler` is named by `PageHandler`, `page` and `handler`; `page_name` by `page` and `name`, too."""
    yield word.strip("_").casefold()
    for piece in re.findall(r"[A-Z]?[^\WA-Z_]+|[A-Z]+(?![a-z])", word):
        if len(piece) > 2:
            yield piece.casefold()


def _code_by_id(given: Notebook) -> dict[str, str]:
    """The code that a marker asks about: the line with the comment `# <id>`, else the nearest code cell above the marker."""
    cells = _code_cells(given)
    found = {}
    for name, answer in explanations(given).items():
        pattern = re.compile(rf"^(.*\S)\s*#\s*{re.escape(name)}\s*$", re.MULTILINE)
        line = next((match for cell in cells if (match := pattern.search(cell.source))), None)
        above = [cell.source for cell in cells if cell.number < answer.cell]
        found[name] = line[1].strip() if line else (above[-1] if above else "")
    return found


def _code_cells(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook.cells if cell.kind == "code" and not _MARKER.search(cell.source)]


def _statements(cell: Cell) -> list[tuple[str, str]]:
    """The statements of a code cell: what Python understands, and the first line for people to read.

    Lines for IPython (`%pip …`, `!ls`) do not count; a cell that is not Python has no statements.
    """
    lines = cell.source.splitlines()
    plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
    for source in (cell.source, plain):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return [(ast.dump(one), lines[one.lineno - 1].split("#")[0].strip()) for one in ast.parse(source).body]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return []
