"""The command `grader rubric`: points that a person gives, shown and kept. Everything a machine can judge is a check instead."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from grader.errors import UsageError
from grader.grading.store import Store
from grader.model import Assignment
from grader.names import shown
from grader.reports.text import inert
from grader.reports.wording import number


def enter(
    store: Store, student: str, assignment: Assignment, entries: Iterable[str], note: str, is_new_student: bool = False
) -> None:
    """Keep `entries`, each `ITEM=POINTS` (`ITEM=` takes the points back). Raises UsageError before anything is kept.

    Points of somebody who was never graded are a slip of the keyboard, unless `is_new_student`.
    """
    points = dict(parse(assignment, entry) for entry in entries)
    if not points and note:
        raise UsageError("A note belongs to points: give ITEM=POINTS too.")
    if points and not is_new_student and not store.knows(student):
        alike = difflib.get_close_matches(student, store.students())
        meant = f" Did you mean {' or '.join(map(shown, alike))}?" if alike else ""
        raise UsageError(f"No result of a student {shown(student)} is here.{meant} If the name is right, say --new-student, too.")
    store.enter_points(student, assignment.slug, points, note)


def parse(assignment: Assignment, entry: str) -> tuple[str, float | None]:
    """Return (item, points) of one `ITEM=POINTS`, points None for an empty text. Raises UsageError."""
    if not assignment.rubric:
        raise UsageError(f"{assignment.slug} has no rubric: all its points come from checks.")
    id, equals, text = entry.partition("=")
    items = {item.id: item for item in assignment.rubric}
    if not equals or id not in items:
        known = ", ".join(f"{item.id} (0 to {item.points})" for item in assignment.rubric)
        raise UsageError(f"{entry!r} is not ITEM=POINTS with an item of {assignment.slug}: {known}.")
    if not text:
        return id, None
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not 0 <= points <= items[id].points:
        raise UsageError(f"{id} takes from 0 to {items[id].points} points, not {text!r}.")
    return id, points


def show(store: Store, student: str, assignment: Assignment, console: Console) -> None:
    """Print every rubric item of the assignment with the points this student has, and when they were given."""
    entries = {entry.item: entry for entry in store.entries(student, assignment.slug)}
    lines = [f"{student}, {assignment.title} ({assignment.slug})"]
    for item in assignment.rubric:
        entry = entries.get(item.id)
        given = f"{number(entry.points)}/{item.points}" if entry else f"not given yet (0 to {item.points})"
        about = f", {entry.entered_at}" + (f": {entry.note}" if entry.note else "") if entry else ""
        lines.append(f"  {item.id}: {item.title}: {given}{about}")
    if not assignment.rubric:
        lines.append("  no rubric: all points come from checks")
    if not store.knows(student):
        lines.append(f"note: there is no result of a student {student!r} yet")
    for line in lines:
        console.print(Text(inert(line)), highlight=False, soft_wrap=True)
