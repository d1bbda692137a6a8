from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.course import Course, load_course
from grader.course.late import Policy, Rules, days_begun, judge, notes, read_rules
from grader.errors import CourseError
from grader.model import Isolation, Lateness, Origin, Result, ResultStatus
from tests.fakes import write

DUE = datetime(2026, 10, 5, 22, 0, 0, tzinfo=UTC)
MISSING, ERROR = ResultStatus.MISSING, ResultStatus.ERROR


def handed_in(behind: timedelta | None, slug: str = "api", student: str = "s1") -> Result:
    at = "" if behind is None else (DUE + behind).strftime("%Y-%m-%dT%H:%M:%SZ")
    origin = Origin("repository", "c" * 40 if at else "", at)
    return Result(student, slug, ResultStatus.GRADED, 8, 10, (), Isolation.SANDBOX, origin=origin)


def rules(policy: Policy, **changes: object) -> Rules:
    return replace(Rules(policy, due={"api": DUE, "old_mail": DUE + timedelta(days=7)}), **changes)  # type: ignore[arg-type]


def lateness(result: Result, by: Rules) -> Lateness:
    (judged,) = judge([result], by)
    assert judged.lateness is not None
    return judged.lateness


@pytest.mark.parametrize(
    ("behind", "late", "days"),
    [
        (timedelta(days=-1), False, 0),
        (timedelta(0), False, 0),
        (timedelta(seconds=1), True, 1),
        (timedelta(days=1), True, 1),
        (timedelta(days=1, seconds=1), True, 2),
        (timedelta(days=30), True, 30),
    ],
)
def test_a_day_counts_when_it_has_begun(behind: timedelta, late: bool, days: int) -> None:
    found = lateness(handed_in(behind), rules(Policy.NONE))
    assert found == Lateness("2026-10-05T22:00:00Z", late, days, 1.0)


@pytest.mark.parametrize(
    ("policy", "percent", "factor"),
    [(Policy.NONE, 10, 1.0), (Policy.ZERO, 10, 0.0), (Policy.PERCENT, 10, 0.7), (Policy.PERCENT, 40, 0.0)],
)
def test_what_a_policy_leaves_after_three_days(policy: Policy, percent: float, factor: float) -> None:
    by = rules(policy, percent_per_day=percent)
    assert lateness(handed_in(timedelta(days=2, hours=5)), by).factor == factor
    assert lateness(handed_in(timedelta(hours=-5)), by).factor == 1.0


def test_points_are_those_that_are_left() -> None:
    (judged,) = judge([handed_in(timedelta(days=1))], rules(Policy.PERCENT, percent_per_day=25))
    assert (judged.score, judged.awarded) == (8, 6)
    assert handed_in(None).awarded == 8


def test_grace() -> None:
    by = rules(Policy.ZERO, grace=timedelta(minutes=10))
    assert lateness(handed_in(timedelta(minutes=10)), by) == Lateness("2026-10-05T22:00:00Z", False)
    assert lateness(handed_in(timedelta(minutes=11)), by).days == 1


def test_late_days_are_used_up_in_the_order_of_the_due_dates() -> None:
    first, second = handed_in(timedelta(days=2)), handed_in(timedelta(days=9), "old_mail")
    by = rules(Policy.LATE_DAYS, late_days=3, percent_per_day=20)
    for order in ([first, second], [second, first]):
        judged = {result.assignment: result.lateness for result in judge(order, by)}
        assert [judged["api"].days, judged["api"].factor] == [2, 1.0]  # type: ignore[union-attr]
        assert [judged["old_mail"].days, judged["old_mail"].factor] == [2, 0.8]  # type: ignore[union-attr]
    assert [result.assignment for result in judge([second, first], by)] == ["old_mail", "api"]


def test_each_student_has_late_days_of_their_own() -> None:
    by = rules(Policy.LATE_DAYS, late_days=2, percent_per_day=100)
    judged = judge([handed_in(timedelta(days=2), student=student) for student in ("a", "b")], by)
    assert [result.lateness.factor for result in judged if result.lateness] == [1.0, 1.0]


def test_an_extension_is_for_one_student_and_one_assignment() -> None:
    by = rules(Policy.ZERO, extensions={"anna": {"api": DUE + timedelta(days=2)}})
    assert lateness(handed_in(timedelta(days=1), student="Anna"), by).late is False
    assert lateness(handed_in(timedelta(days=1), student="ben"), by).late is True


def test_what_is_not_known_is_not_late() -> None:
    by = rules(Policy.ZERO)
    judged = judge([handed_in(None)], by)
    assert judged[0].lateness == Lateness("2026-10-05T22:00:00Z", None)
    assert notes(judged, by, ["api", "old_mail"]) == (
        "Whether it was handed in late is not known where there is no commit: s1 api.",
    )


def test_what_was_not_handed_in_is_not_late() -> None:
    nothing = replace(handed_in(None), status=MISSING)
    assert lateness(nothing, rules(Policy.ZERO)).late is False


def test_without_a_due_date_nothing_is_judged() -> None:
    result = handed_in(timedelta(days=99), "unknown")
    assert judge([result], rules(Policy.ZERO)) == (result,)


def test_a_run_over_some_assignments_says_that_late_days_are_counted_over_these() -> None:
    by = rules(Policy.LATE_DAYS, late_days=2)
    assert "old_mail" in notes([], by, ["api"])[0]
    assert notes([], by, ["api", "old_mail"]) == ()


def test_rules_are_read_from_the_course(course_root: Path) -> None:
    course = load_course(course_root)
    assert read_rules(course) == Rules()
    write(
        course_root / "course.toml",
        '[late]\npolicy = "late_days"\nlate_days = 3\ngrace_minutes = 10\n[due]\nold-mail = 2026-10-06T00:00:00+02:00\n'
        "[extensions.Anna]\napi = 2026-10-09T00:00:00Z\n",
    )
    assert read_rules(course) == Rules(
        Policy.LATE_DAYS,
        percent_per_day=100,
        late_days=3,
        grace=timedelta(minutes=10),
        due={"old_mail": DUE},
        extensions={"anna": {"api": datetime(2026, 10, 9, tzinfo=UTC)}},
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("late = 3", "begin it with a line [late]"),
        ("[late]\npolicy = 'half'", "none, zero, percent, late_days"),
        ("[late]\npolicies = 'none'", "there is no setting 'policies'"),
        ("[late]\npercent_per_day = 101", "from 0 to 100"),
        (
            "[late]\nlate_days = true",
            "[late]: `late_days` is not a whole number from 0 to 1000; write for example late_days = 3.",
        ),
        ("[late]\nlate_days = 2.5", "`late_days` is not a whole number"),
        ("[late]\npercent_per_day = nan", "`percent_per_day` is not a number from 0 to 100; write for example"),
        ("[late]\ngrace_minutes = -1", "from 0 to 100000"),
        ("[due]\nnothing_like_it = 2026-10-06T00:00:00Z", "There is no assignment"),
        ("[due]\napi = 2026-10-06T00:00:00", "distance from UTC"),
        ("[due]\napi = 2026-10-06", "distance from UTC"),
        ("[due]\napi = 'soon'", "distance from UTC"),
        ("[extensions]\nanna = 3", "begin it with a line [extensions.anna]"),
        ("[dues]", "there is no setting 'dues'"),
        ("[", "cannot be read"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told(course_root: Path, text: str, says: str) -> None:
    write(course_root / "course.toml", text)
    with pytest.raises(CourseError) as caught:
        read_rules(load_course(course_root))
    assert says in str(caught.value)
    assert "course.toml" in str(caught.value)


def test_the_example_can_be_read() -> None:
    root = Path(__file__).resolve().parents[2]
    assert read_rules(load_course(root)).policy is Policy.NONE
    assert (root / "course.toml").exists()


# ---- days of the calendar

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("due", "at", "days"),
    [
        ("2026-10-24T23:59:59+02:00", "2026-10-25T23:30:00+01:00", 1),  # 24.5 hours, but before the same clock time
        ("2026-10-24T23:59:59+02:00", "2026-10-25T23:59:59+01:00", 1),
        ("2026-10-24T23:59:59+02:00", "2026-10-26T00:00:00+01:00", 2),
        ("2026-10-24T23:59:59+02:00", "2026-10-25T17:30:00-05:00", 1),  # the same moment, from a laptop elsewhere
        ("2026-10-24T21:59:59Z", "2026-10-25T22:30:00Z", 1),
        ("2026-03-28T23:59:59+01:00", "2026-03-29T23:59:59+02:00", 1),
        ("2026-03-28T23:59:59+01:00", "2026-03-30T00:30:00+02:00", 2),  # 23.5 hours, but behind the same clock time
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", 1),  # 40 minutes later, and earlier by the clock
        ("2028-02-28T23:59:59+01:00", "2028-02-29T23:59:59+01:00", 1),
        ("2028-02-28T23:59:59+01:00", "2028-03-01T00:00:00+01:00", 2),
        ("2027-02-28T23:59:59+01:00", "2027-03-01T23:59:59+01:00", 1),
        ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 1),  # due at midnight, 25 hours
        ("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:01+02:00", 2),
        ("2026-12-31T23:59:59+01:00", "2027-01-02T00:00:00+01:00", 2),
    ],
)
def test_a_late_day_is_a_day_of_the_calendar(due: str, at: str, days: int) -> None:
    assert days_begun(datetime.fromisoformat(due), datetime.fromisoformat(at), COPENHAGEN) == days


@given(
    due=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(COPENHAGEN), allow_imaginary=False),
    days=st.integers(0, 400),
    offset=st.integers(-12, 14),
)
def test_the_same_clock_time_days_later_is_so_many_days_late(due: datetime, days: int, offset: int) -> None:
    """Whatever the clocks did in between, and wherever the commit was made."""
    same_clock_time = (due.replace(tzinfo=None, fold=0) + timedelta(days=days + 1)).replace(tzinfo=COPENHAGEN)
    at = same_clock_time.astimezone(UTC).astimezone(timezone(timedelta(hours=offset)))
    imaginary = at.astimezone(COPENHAGEN).replace(tzinfo=None) != same_clock_time.replace(tzinfo=None)  # clocks went forward
    if not imaginary:
        assert days_begun(due, at, COPENHAGEN) == days + 1
        assert days_begun(due, at + timedelta(hours=2), COPENHAGEN) >= days + 1


def test_without_a_zone_a_day_has_24_hours() -> None:
    due = datetime.fromisoformat("2026-10-24T23:59:59+02:00")
    assert days_begun(due, due + timedelta(hours=24), None) == 1
    assert days_begun(due, due + timedelta(hours=24, seconds=1), None) == 2


def course_with(root: Path, settings: str) -> Course:
    write(root / "course.toml", settings)
    return load_course(root)


def test_reads_the_zone_and_dates_by_its_clocks(course_root: Path) -> None:
    found = read_rules(course_with(course_root, 'time_zone = "Europe/Copenhagen"\n[due]\napi = 2026-10-24T23:59:59\n'))
    assert found.zone == COPENHAGEN
    assert found.due["api"] == datetime.fromisoformat("2026-10-24T23:59:59+02:00")


@pytest.mark.parametrize("name", ['"Mars/Olympus"', '""', '"../etc/passwd"', "7", '"Europe"'])
def test_an_unknown_zone_is_one_sentence(course_root: Path, name: str) -> None:
    with pytest.raises(CourseError, match=r"there is no time zone .*write the name of a place"):
        read_rules(course_with(course_root, f"time_zone = {name}\n"))
