"""The fault of a check in which nothing can happen any more: what all programs wait for, and which cause that has.

How one program's wait is put into words is in `waiting`; that it will never end is found out in `sandbox.watch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.checks.waiting import Waiting
from grader.errors import Cause, Stuck, StudentFault
from grader.model import Entry


def stuck(fault: StudentFault, waiting: Sequence[Waiting], entries: Sequence[Entry]) -> Stuck:
    """The fault to tell instead of `fault`, with what each of the `waiting` programs, at least one, waits for.

    `entries`: the transcript up to the standstill.
    """
    sentences = dict.fromkeys(program.sentence for program in waiting)  # two clients that wait in the same way are one news
    happened = ". ".join([fault.happened, *sentences, "Nobody will send anything more"])
    told = next((program for program in waiting if program.place), waiting[0])
    cause, place = _cause(fault, told, entries), fault.place or told.place
    return Stuck(happened, did=fault.did, expected=fault.expected, hint=fault.hint, place=place, cause=cause)


def _cause(fault: StudentFault, told: Waiting, entries: Sequence[Entry]) -> Cause | None:
    """The cause to tell, after what was typed and sent; None if only the check knows one."""
    cause = told.cause
    if cause is None or cause.kind not in ("stuck in input", "stuck in recv"):
        return cause
    typed = [place for place, entry in enumerate(entries) if entry.who == "keyboard"]
    if cause.kind == "stuck in input":
        if not typed:
            return cause
        return replace(cause, kind="hears the keyboard only") if fault.cause and fault.cause.kind == "reads nothing" else None
    return replace(cause, kind="hears the other side only") if typed and typed[-1] == len(entries) - 1 else None
