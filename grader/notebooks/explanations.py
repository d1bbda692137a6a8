"""Explanations of given code in a notebook, and how complete they are. No files, no verdicts, no points in here.

Which explanation belongs to which line is decided in `prompts.py`, by markers such as `<!-- explain: L07 -->`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from grader.notebooks.cells import BrokenNotebook, Cell, Notebook, read
from grader.notebooks.prompts import EMPTY, MISSING, PLACEHOLDER, WORD, Answer, answers, has_marker, plain_texts, words

__all__ = [
    "EMPTY",
    "MISSING",
    "PLACEHOLDER",
    "BrokenNotebook",
    "Completeness",
    "Notebook",
    "code_unchanged",
    "explanations",
    "judge_explanations",
    "read",
]

KEYWORD = "explain"

ENOUGH_WORDS = 5
"""An explanation with fewer words is too short to be one."""

MOST_ALIKE = 2
"""So many explanations may have the same words but for those of the code and for numbers: two lines may do nearly the same."""

ONLY_CODE = "only repeats the code"
TOO_SHORT = f"fewer than {ENOUGH_WORDS} words"
NAMES_NOTHING = "names nothing that stands on that line"

_FENCE = re.compile(r"`{3,}|~{3,}")
_CODE_SPAN = re.compile(r"(`{1,20})(?!`).{1,400}?(?<!`)\1(?!`)", re.DOTALL)
_EVERYDAY = frozenset({"and", "as", "else", "for", "from", "if", "in", "is", "not", "or", "while", "with"})
"""Words of Python that are words of English, too: an explanation that holds them has not named the line."""


@dataclass(frozen=True)
class Completeness:
    explained: tuple[str, ...]
    """Ids of the lines that are explained, in the order of the given notebook."""
    total: int
    missing: Mapping[str, str]
    """Id of a line that is not explained -> why not."""
    cells: Mapping[str, int]
    """Id of a line -> number of the cell that was judged, for every line that has one."""


def explanations(notebook: Notebook, given: Notebook | None = None) -> dict[str, Answer]:
    """The text to every line that has one, by the id in its marker.

    Of several texts for one line (its cell was copied) the last one that is not empty counts. With `given`, the words of the
    given notebook (label, placeholder) are not part of a text, and one that is empty then is looked for in the cells below.
    """
    found = answers(notebook, KEYWORD)
    if given is not None:
        lines = [line.strip() for text in plain_texts(given) for line in text.splitlines() if words(line)]
        found = {name: [_own(one, lines) for one in all_] for name, all_ in found.items()}
    return {name: next((one for one in reversed(all_) if one.text), all_[-1]) for name, all_ in found.items()}


def judge_explanations(given: Notebook, handed_in: Notebook) -> Completeness:
    """Which of the lines that the given notebook asks for are explained, and why the others are not.

    Completeness only: whether an explanation is *good* is for a person to say.
    """
    code = _code_by_id(given)
    found = explanations(handed_in, given)
    with_given_words = explanations(handed_in)
    first_with: dict[tuple[str, ...], str] = {}
    missing: dict[str, str] = {}
    asked_for = explanations(given)
    for name, untouched in asked_for.items():
        answer = found.get(name)
        if answer is None:
            missing[name] = MISSING
        elif not answer.text:
            still_there = set(words(untouched.text)) <= set(words(with_given_words[name].text))
            missing[name] = PLACEHOLDER if still_there and untouched.text else EMPTY
        elif reason := _fault(answer.text, code[name], name):
            missing[name] = reason
        elif (first := first_with.setdefault(tuple(words(answer.text)), name)) != name:
            missing[name] = f"the same text as {first}"
    missing |= _stock_sentences({name: found[name].text for name in asked_for if name not in missing}, code)
    explained = tuple(name for name in asked_for if name not in missing)
    return Completeness(explained, len(asked_for), missing, {name: found[name].cell for name in asked_for if name in found})


def code_unchanged(given: Notebook, handed_in: Notebook) -> tuple[str, ...]:
    """First lines of the given code that is changed or gone; empty if all of it is still there.

    Compared statement by statement as Python understands it, so layout, comments, the order of cells, merged cells, split cells
    and cells of the student's own make no difference.
    """
    there = {dump for cell in _code_cells(handed_in) for dump, _ in _statements(cell)}
    return tuple(first for cell in _code_cells(given) for dump, first in _statements(cell) if dump not in there)


def _own(answer: Answer, given: list[str]) -> Answer:
    return replace(answer, text=_without(answer.text, given) or _without(answer.below, given))


def _without(text: str, given: list[str]) -> str:
    """`text` without the given lines, whose mark-up or spaces may have changed."""
    given_words = {tuple(words(line)) for line in given}
    long_lines = [line for line in given if len(words(line)) > 2]  # a short one may be a part of anybody's sentence
    kept = []
    for line in text.splitlines():
        if tuple(words(line)) not in given_words:
            for given_line in long_lines:
                line = line.replace(given_line, "")
            kept.append(line)
    rest = "\n".join(kept).strip()
    return rest if words(rest) else ""


def _fault(text: str, code: str, name: str) -> str:
    """Why a text that is not empty explains nothing of the line `name`, or an empty string."""
    prose = _CODE_SPAN.sub(" code ", _without_fences(text))
    prose_words = words(prose)
    if not set(prose_words) - {"code"} or not set(words(text)) - set(words(f"{code} {name}")):
        return ONLY_CODE
    if len(prose_words) < ENOUGH_WORDS:
        return TOO_SHORT
    things = _things(code)
    said = {part for word in WORD.findall(text) for part in _parts(word)}
    if things and not any(word == thing or (len(thing) > 2 and word.startswith(thing)) for word in said for thing in things):
        return NAMES_NOTHING
    return ""


def _stock_sentences(texts: Mapping[str, str], code: Mapping[str, str]) -> dict[str, str]:
    """Ids of lines whose text is the same sentence around the code of each, but for the first -> why they do not count."""
    of_code = {word for name, line in code.items() for word in words(f"{name} {line}")}
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, text in texts.items():
        own = tuple(word for word in words(text) if word not in of_code and not word.isdigit())
        if own:
            alike.setdefault(own, []).append(name)
    stock = [names for names in alike.values() if len(names) > MOST_ALIKE]
    return {name: f"the same sentence as {names[0]}, around other code" for names in stock for name in names[1:]}


def _without_fences(text: str) -> str:
    """`text` without blocks of code between lines of three or more back-ticks or tildes."""
    kept, fence = [], ""
    for line in text.split("\n"):
        begin = line.lstrip()
        if fence and begin.startswith(fence):
            kept.append(begin.removeprefix(fence))
            fence = ""
        elif not fence and (opening := _FENCE.match(begin)):
            fence = opening[0]
        elif not fence:
            kept.append(line)
    return "\n".join(kept)


def _things(code: str) -> set[str]:
    """What an explanation of that code can name: identifiers and their parts, keywords, numbers, words in strings."""
    words = WORD.findall(re.sub(r"\\[rnt]", " ", code))
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
    return [cell for cell in notebook.cells if cell.kind == "code" and not has_marker(cell, KEYWORD)]


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
