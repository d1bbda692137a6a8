"""What is wrong with what a student reads about a known mistake. Texts in, sentences out; nothing is graded in here.

A diagnosis has to name the mistake, and may not hand out the solution: neither a line of its code nor a line of its text.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.model import CheckResult, Result, Status
from grader.reports.text import visible

LEAST_LENGTH = 30
"""Characters of a line of the solution from which on it is distinctive."""
CODE = re.compile(r"[()=\[\]:]")
"""A line with none of these is hardly code."""


def faults_of_feedback(result: Result, words: Sequence[str], secret: Collection[str]) -> Iterator[str]:
    """Faults of the feedback on one mistake: `words` that it lacks, and lines of `secret` that it gives away."""
    failed = [check for check in result.checks if check.status is Status.FAILED]
    feedback = _folded("\n".join(text_of(check) for check in failed))
    for word in words:
        if _folded(word) not in feedback:
            yield f"The feedback does not say {word!r}; put that into a message or a hint, or name other words."
    for line in sorted(secret):
        if line in feedback:
            yield f"The feedback gives away a line of the solution: {line}"
    for check in failed:
        if not check.hint.strip():
            yield f"The check {check.id} gives no hint."
        if _compares_with_something_else(check):
            yield f"The check {check.id} expects {check.expected}, and compares with other bytes; take both from one text."


def _compares_with_something_else(check: CheckResult) -> bool:
    """Whether the sentence quotes what is not in the bytes that the page shows below it, nor the other way round."""
    quotes = [_folded(quote).rstrip("…") for quote in re.findall(r"'([^']+)'", check.expected)]
    if check.expected_bytes is None or not quotes:
        return False
    spellings = [_folded(visible(check.expected_bytes)), _folded(repr(check.expected_bytes)[2:-1])]
    said = _folded(check.expected)
    return not any(text in said or any(quote in text for quote in quotes) for text in spellings)


def text_of(check: CheckResult) -> str:
    """Everything a student reads about a failed check, without the transcript."""
    place = [f"{check.place.file}:{check.place.line}", check.place.source] if check.place else []
    return "\n".join([check.message, check.did, check.expected, check.happened, check.hint, *place])


def secret_lines(solution: Mapping[str, bytes], known: Sequence[Mapping[str, bytes]], handout: str) -> set[str]:
    """Lines of the solution that are long enough to be nobody else's, without those that a student has anyway.

    Of a program they are the lines of code, of a notebook also the lines of its texts: those are the answers. `known` are folders
    of files: the starter, and the wrong submission itself, whose own lines may well be quoted.
    """
    given = {line for files in known for name, data in files.items() for line in _lines(name, data)}
    code = {line for name, data in solution.items() for line in _lines_of_code(name, data) if CODE.search(line)}
    texts = {line for name, data in solution.items() for line in _folded_lines(_cells(name, data, "markdown"))}
    return {line for line in (code | texts) - given if len(line) >= LEAST_LENGTH and line not in _folded(handout)}


def _lines(name: str, data: bytes) -> Iterator[str]:
    yield from _folded_lines([*_sources(name, data), *_cells(name, data, "markdown")])


def _folded_lines(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from (_folded(line) for line in text.splitlines())


def _lines_of_code(name: str, data: bytes) -> Iterator[str]:
    """The lines of statements: no comments, no docstrings."""
    for source in _sources(name, data):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        lines = source.splitlines()
        texts = {
            number
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        for number, line in enumerate(lines, start=1):
            if number not in texts and not line.lstrip().startswith("#"):
                yield _folded(line)


def _sources(name: str, data: bytes) -> list[str]:
    """The Python in a file: the file itself, or a notebook's code cells."""
    return [data.decode("utf-8", "replace")] if name.endswith(".py") else _cells(name, data, "code")


def _cells(name: str, data: bytes, kind: str) -> list[str]:
    """The cells of a notebook that are `code` or `markdown`; none of any other file, or of one that cannot be read."""
    if not name.endswith(".ipynb"):
        return []
    try:
        cells = json.loads(data.decode("utf-8", "replace")).get("cells", [])
        return ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == kind]
    except (ValueError, AttributeError, KeyError, TypeError):
        return []


def _folded(text: str) -> str:
    """`text` with every run of blanks and line ends as one blank."""
    return " ".join(text.split())
