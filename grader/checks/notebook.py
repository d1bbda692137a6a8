"""What a check says about a notebook. How a notebook is read and judged: `grader.notebooks`."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import Cause, CourseError, Mismatch
from grader.notebooks import explanations as notebooks
from grader.notebooks.cells import BrokenNotebook, Notebook, read
from grader.notebooks.explanations import Completeness


def expect_code_unchanged(given: bytes, data: bytes) -> None:
    """All code of the given notebook must still be in the student's, wherever and with whatever layout.

    Raises Mismatch (the student's notebook) and CourseError (the given one cannot be read).
    """
    changed = notebooks.code_unchanged(open_given(given), open_handed_in(data))
    if changed:
        raise Mismatch(
            f"this code is changed or gone: {', '.join(changed)}",
            did="We compared the code in your notebook with the code that was given",
            expected="the given code, as Python understands it (layout and comments do not count)",
            hint="Copy the code cell from the given notebook again, and try things out in a cell of your own.",
        )


def expect_explained(given: bytes, data: bytes, *, ids: Sequence[str], at_least: int | None = None) -> None:
    """Each line of `ids` must be explained; with `at_least`, that many of them are enough.

    Raises Mismatch (the student's notebook) and CourseError (the given one cannot be read, or asks for no such line).
    """
    asked = open_given(given)
    unknown = set(ids) - set(notebooks.explanations(asked))
    if unknown:
        raise CourseError(f"the given notebook has no marker for {', '.join(sorted(unknown))}")
    found = notebooks.judge_explanations(asked, open_handed_in(data))
    explained = sum(name in found.explained for name in ids)
    if explained < (len(ids) if at_least is None else at_least):
        missing = f", missing {_missing(found, ids)}" if at_least is None else ""
        raise Mismatch(
            f"{explained} of {len(ids)} lines explained{missing}",
            did=f"We read your explanations of {ids[0]} to {ids[-1]}",
            expected=f"an explanation of {'each line' if at_least is None else f'at least {at_least} of the lines'}",
        )


def _missing(found: Completeness, ids: Sequence[str]) -> str:
    """`L07, L12 (still the placeholder; cells 9, 14), L13 (…)`: lines with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for name in ids:
        if name in found.missing:
            by_reason.setdefault(found.missing[name], []).append(name)
    groups = []
    for reason, names in by_reason.items():
        cells = list(dict.fromkeys(found.cells[name] for name in names if name in found.cells))
        where = f"; cell{'s' if len(cells) > 1 else ''} {', '.join(map(str, cells))}" if cells else ""
        groups.append(f"{', '.join(names)} ({reason}{where})")
    return ", ".join(groups)


def open_given(data: bytes) -> Notebook:
    """The notebook that was given. Raises CourseError: the author's mistake."""
    try:
        return read(data)
    except BrokenNotebook as error:
        raise CourseError(f"the given notebook cannot be read: {error}") from error


def open_handed_in(data: bytes) -> Notebook:
    """The student's notebook. Raises Mismatch with one sentence when the file is broken."""
    try:
        return read(data)
    except BrokenNotebook as error:
        raise Mismatch(
            str(error),
            did="We opened your notebook",
            expected="a notebook that Jupyter can open",
            hint="Open the notebook in Jupyter, VS Code or Colab, save it there and hand that file in.",
            cause=Cause("unreadable", "the notebook"),
        ) from error
