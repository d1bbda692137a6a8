"""Due dates and the late policy of a course, from its `course.toml`, and what they make of a class. No clock, no git in here.

none        late work is marked late and loses nothing
zero        late work gets no points
percent     each day that has begun takes `percent_per_day` of the points
late_days   each student has `late_days` days for the whole course, used up in the order of the due dates; each day beyond
            takes `percent_per_day` of the points (100, if not given)

A late day ends at the clock time of the due date in the course's time zone, also when the clocks are changed in between.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from grader.course.course import Course
from grader.course.settings import Table, load
from grader.errors import CourseError, UsageError
from grader.model import Lateness, Result, ResultStatus

SETTINGS = "course.toml"


class Policy(StrEnum):
    NONE = "none"
    ZERO = "zero"
    PERCENT = "percent"
    LATE_DAYS = "late_days"


@dataclass(frozen=True)
class _Late:
    """The table [late]."""

    policy: Annotated[Policy, Meta(description=f"one of {', '.join(Policy)}", examples=['"none"'])] = Policy.NONE
    percent_per_day: Annotated[float, Meta(ge=0, le=100, description="a number from 0 to 100", examples=[10])] = 0
    late_days: Annotated[int, Meta(ge=0, le=1000, description="a whole number from 0 to 1000", examples=[3])] = 0
    grace_minutes: Annotated[float, Meta(ge=0, le=100_000, description="a number from 0 to 100000", examples=[10])] = 0


@dataclass(frozen=True)
class Rules:
    """What `course.toml` says. Due dates are by slug, extensions by student in lower case, then slug.

    `zone` is where the course's calendar and clocks are; None: each due date's own distance from UTC, all year.
    """

    policy: Policy = Policy.NONE
    percent_per_day: float = 0.0
    late_days: int = 0
    grace: timedelta = timedelta(0)
    due: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    zone: tzinfo | None = None

    def due_for(self, student: str, slug: str) -> datetime | None:
        return self.extensions.get(student.lower(), {}).get(slug) or self.due.get(slug)


def read_rules(course: Course) -> Rules:
    """Read the course's `course.toml`; without one, nothing is ever late. Raises CourseError for what is wrong in it."""
    file = course.root / SETTINGS
    if not file.exists():
        return Rules()
    settings = load(file)
    settings.only(("time_zone", "late", "due", "extensions"))
    zone = _zone(settings)
    table = settings.inside("late")
    late = table.read(_Late)
    takes_all = late.policy is Policy.LATE_DAYS and "percent_per_day" not in table.values
    return Rules(
        policy=late.policy,
        percent_per_day=100 if takes_all else late.percent_per_day,
        late_days=late.late_days,
        grace=timedelta(minutes=late.grace_minutes),
        due=_dates(course, settings.inside("due"), zone),
        extensions={who.lower(): _dates(course, dates, zone) for who, dates in settings.inside("extensions").each()},
        zone=zone,
    )


def judge(results: Sequence[Result], rules: Rules) -> tuple[Result, ...]:
    """Return `results` with what is late in them, by the times of their commits. Results without a due date stay as they are."""
    spent: dict[str, int] = {}
    judged = {}
    for result in sorted(results, key=lambda result: _order(result, rules)):
        due = rules.due_for(result.student, result.assignment)
        lateness = _lateness(result, due, rules, spent) if due else None
        judged[result.student, result.assignment] = replace(result, lateness=lateness)
    return tuple(judged[result.student, result.assignment] for result in results)


_UNKNOWN = "Whether it was handed in late is not known where there is no commit: "
_NOT_COUNTED = "Late days were counted without "


def is_note(text: str) -> bool:
    """Tell whether a note is one of `notes`; a report that is judged anew gets new ones."""
    return text.startswith((_UNKNOWN, _NOT_COUNTED))


def notes(results: Iterable[Result], rules: Rules, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return sentences on what could not be judged. `slugs` are the assignments these results are of."""
    unknown = [f"{result.student} {result.assignment}" for result in results if result.lateness and result.lateness.late is None]
    sentences = []
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        sentences.append(f"Whether it was handed in late is not known where there is no commit: {', '.join(unknown[:5])}{more}.")
    not_run = sorted(rules.due.keys() - set(slugs))
    if rules.policy is Policy.LATE_DAYS and not_run:
        sentences.append(f"{_NOT_COUNTED}{', '.join(not_run)}: a run over all assignments counts them all.")
    return tuple(sentences)


def _order(result: Result, rules: Rules) -> tuple[str, str, str]:
    due = rules.due_for(result.student, result.assignment)
    return (result.student, written(due) if due else "", result.assignment)


def _lateness(result: Result, due: datetime, rules: Rules, spent: dict[str, int]) -> Lateness:
    """Judge one result, and count the late days it takes in `spent`."""
    if result.status is ResultStatus.MISSING:
        return Lateness(written(due), False)
    if not result.origin.committed_at:
        return Lateness(written(due), None)
    handed_in = datetime.fromisoformat(result.origin.committed_at)
    if handed_in - due <= rules.grace:
        return Lateness(written(due), False)
    days = days_begun(due, handed_in, rules.zone)
    paid = days
    if rules.policy is Policy.LATE_DAYS:
        free = min(days, rules.late_days - spent.get(result.student, 0))
        spent[result.student] = spent.get(result.student, 0) + free
        paid = days - free
    if rules.policy is Policy.ZERO:
        factor = 0.0
    elif rules.policy is Policy.NONE:
        factor = 1.0
    else:
        factor = max(0.0, 1.0 - paid * rules.percent_per_day / 100)
    return Lateness(written(due), True, days, round(factor, 6))


def days_begun(due: datetime, handed_in: datetime, zone: tzinfo | None) -> int:
    """Return how many late days have begun at `handed_in`, a moment after `due`: at least 1.

    Days are told by the clock on the wall in `zone` (None: with the distance from UTC that `due` has). The night in which clocks
    change makes a day of 23 or 25 hours, and a day it is.
    """
    zone = zone or due.tzinfo
    on_the_wall = [moment.astimezone(zone).replace(tzinfo=None) for moment in (due, handed_in)]
    return max(1, math.ceil((on_the_wall[1] - on_the_wall[0]) / timedelta(days=1)))


def written(moment: datetime) -> str:
    """Return a moment as reports write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- settings


def _zone(settings: Table) -> tzinfo | None:
    name = settings.values.get("time_zone")
    if name is None:
        return None
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):  # an unknown name; one that is no name; the name of a folder of zones
        todo = 'write the name of a place, for example time_zone = "Europe/Copenhagen"'
        settings.broken(f"there is no time zone {name!r}", todo)


def _dates(course: Course, settings: Table, zone: tzinfo | None) -> dict[str, datetime]:
    dates = {}
    for name, moment in settings.values.items():
        try:
            slug = course.assignment(name).slug
        except UsageError as error:
            raise CourseError(f"{settings.file}, [{settings.where}]: {error}") from error
        if isinstance(moment, datetime) and moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            what = f"`{name}` is not a date and time with its distance from UTC"
            settings.broken(what, f"write for example {name} = 2026-10-05T23:59:59+02:00")
        dates[slug] = moment
    return dates
