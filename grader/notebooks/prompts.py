"""Prompts in a notebook, and which text answers which. Whether an answer is a good one is not in here.

A prompt is a marker in the source of a cell, `<!-- explain: L07 -->`: the one thing that survives Colab, VS Code, Jupyter and git
alike. Its keyword (here `explain`) says what kind of answer is asked for. Cell ids and metadata do not survive; they are
only asked when a marker is gone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from grader.notebooks.cells import Cell, Notebook

MISSING = "its cell or its marker is gone"
EMPTY = "empty"
PLACEHOLDER = "still the placeholder"

_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_NO_BLANKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese, which put no blanks between words: each character counts as one."""
WORD = re.compile(rf"[{_NO_BLANKS}]|[^\W{_NO_BLANKS}]+")


@dataclass(frozen=True)
class Answer:
    text: str
    cell: int
    """Number of the cell that holds it, 1 for the first."""
    below: str = ""
    """Text in the cells right below that belong to no prompt: where an answer is when somebody split its cell."""


@dataclass(frozen=True)
class _Keyword:
    marker: re.Pattern[str]
    tag: re.Pattern[str]


@functools.cache
def _keyword(word: str) -> _Keyword:
    return _Keyword(
        re.compile(rf"(?<!`)<!--\s*{word}\s*:\s*([\w.-]*\w)\s*-->", re.IGNORECASE),  # in a code span it is only talked about
        re.compile(rf"{word}[-:_ ]\s*([\w.-]*\w)", re.IGNORECASE),
    )


def has_marker(cell: Cell, keyword: str) -> bool:
    return bool(_keyword(keyword).marker.search(cell.source))


def answers(notebook: Notebook, keyword: str) -> dict[str, list[Answer]]:
    """Every text that stands for a prompt, by the id in its marker, in the order of the notebook.

    Several markers in one cell (cells were merged) share it: each has the text up to the next. Several cells with the same marker
    (a cell was copied) are several answers. A prompt without a marker is looked for by the tag `<keyword>-<id>` of a cell
    without markers, then by such a cell id.
    """
    word = _keyword(keyword)
    by_marker: dict[str, list[Answer]] = {}
    by_tag: dict[str, list[Answer]] = {}
    by_id: dict[str, list[Answer]] = {}
    for place, cell in enumerate(notebook.cells, start=1):
        markers = list(word.marker.finditer(cell.source))
        # What stands above the first marker belongs to it: some write their text over the marker, not under it.
        starts = [0, *(marker.start() for marker in markers[1:]), len(cell.source)]
        for marker, (start, end) in zip(markers, pairwise(starts), strict=False):
            below = _below(notebook.cells[place:], word) if marker is markers[-1] else ""
            by_marker.setdefault(marker[1], []).append(Answer(_plain(cell.source[start:end]), cell.number, below))
        if not markers and cell.kind != "code":
            for name in _tagged(cell.tags, word):
                by_tag.setdefault(name, []).append(Answer(_plain(cell.source), cell.number))
            for name in _tagged([cell.id], word):
                by_id.setdefault(name, []).append(Answer(_plain(cell.source), cell.number))
    return {**by_id, **by_tag, **by_marker}


def plain_texts(notebook: Notebook) -> list[str]:
    """The text of every cell that is not code, without comments."""
    return [_plain(cell.source) for cell in notebook.cells if cell.kind != "code"]


def words(text: str) -> list[str]:
    """The words of a text, for comparing: without marks, spaces and capitals. `_emphasis_` is a word without its marks."""
    return [word for word in (found.strip("_").casefold() for found in WORD.findall(text)) if word]


def _below(cells: Iterable[Cell], word: _Keyword) -> str:
    nobodys = takewhile(lambda cell: not (cell.kind == "code" or word.marker.search(cell.source) or _names(cell, word)), cells)
    return "\n\n".join(_plain(cell.source) for cell in nobodys)


def _names(cell: Cell, word: _Keyword) -> list[str]:
    return list(_tagged([*cell.tags, cell.id], word))


def _tagged(tags: Iterable[str], word: _Keyword) -> Iterator[str]:
    return (found[1] for tag in tags if (found := word.tag.fullmatch(tag)))


def _plain(text: str) -> str:
    return _COMMENT.sub("", text).strip()
