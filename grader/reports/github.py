"""What GitHub Actions shows: a page of feedback, annotations, and points for GitHub Classroom's reporter. No files in here.

Where these texts go is `grader.publishing.github`'s matter. What a student's program wrote is inert in each of them.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from grader.model import Assignment, CheckResult, Report, Result, ResultStatus, Status
from grader.reports import markdown
from grader.reports.text import clip, code, inert, inline
from grader.reports.wording import bar, count, facts, has_own_checks, number, reason, score_line, sentence, shown_checks

SUMMARY_BYTES = 1_000_000
"""GitHub drops a step's summary of more than 1 MiB (1,048,576 bytes)."""
COMMENT_BYTES = 60_000
"""GitHub refuses a comment of more than 65,536 characters."""
ANNOTATIONS = 10
"""GitHub shows so many errors of one step."""
RESULT_BYTES = 90_000
"""The reporter gets its input in an environment variable, which Linux limits to 128 KiB, as base64."""
MESSAGE_SHOWN = 400
"""Characters of one annotation's text."""

MARK = "<!-- grader: feedback -->"
"""First line of the comment, by which it is found again."""

NOT_THE_GRADE = "This is feedback on your work so far. The grade of record comes from your instructor's own run."

Places = Mapping[tuple[str, str], str]
"""Folder of a submission, by student and assignment, as seen from the top of the repository; empty: the top itself."""


# ---- the page


def summary(report: Report, assignments: Sequence[Assignment], commit: str = "") -> str:
    """The feedback on all results as Markdown, short enough for a step's summary."""
    return cut(_page(report, assignments, commit), SUMMARY_BYTES)


def comment(report: Report, assignments: Sequence[Assignment], commit: str = "") -> str:
    """The same, short enough for a comment, with the mark to find it again."""
    return cut(f"{MARK}\n{_page(report, assignments, commit)}", COMMENT_BYTES)


def failure(message: str) -> str:
    """The page when there is no result at all, because of the machine or the course."""
    return f"# Not graded\n\n{inline(message)}\n\nThis is not the fault of your program: tell your instructor.\n"


def _page(report: Report, assignments: Sequence[Assignment], commit: str) -> str:
    by_slug = {assignment.slug: assignment for assignment in assignments}
    blocks = [NOT_THE_GRADE + (f" Commit: {code(commit[:10])}." if commit else "")]
    if len(report.results) > 1:
        blocks.append(_overview(report, by_slug))
    blocks += [f"- {inline(note)}" for note in report.notes]
    blocks += [markdown.render(result, by_slug[result.assignment]) for result in report.results]
    return "\n\n".join(block.rstrip("\n") for block in blocks) + "\n"


def _overview(report: Report, by_slug: Mapping[str, Assignment]) -> str:
    score, most = _totals(report)
    lines = [
        f"# {number(score)} of {number(most)} points",
        "",
        f"`{bar(score, most)}`",
        "",
        "| Assignment | Result |",
        "| --- | --- |",
    ]
    several = len({result.student for result in report.results}) > 1
    for result in report.results:
        who = f"{inline(result.student)}: " if several else ""
        lines.append(f"| {who}{inline(by_slug[result.assignment].title)} | {inline(score_line(result))} |")
    return "\n".join(lines)


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` bytes of UTF-8. Whole lines are left out at its end, and a last paragraph says how many."""
    if len(text.encode()) <= limit:
        return text
    room = limit - 300  # for what is closed, and for what is said
    kept, fence, folds = [], "", 0
    lines = text.splitlines()
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
        ticks = re.match("`{3,}", line)
        if fence:
            fence = "" if line == fence else fence
        elif ticks:
            fence = ticks[0]
        else:
            folds += line.count("<details>") - line.count("</details>")
    closing = [fence] if fence else []
    closing += ["", "</details>"] * folds
    said = f"**Cut here:** {count(len(lines) - len(kept), 'line')} left out. The files in the folder `report` have everything."
    return "\n".join([*kept, *closing, "", said, ""])


# ---- annotations


def annotation_commands(report: Report, assignments: Sequence[Assignment], places: Places) -> list[str]:
    """At most ten workflow commands: one on the whole, then the checks that did not pass, by points lost."""
    by_slug = {assignment.slug: assignment for assignment in assignments}
    score, most = _totals(report)
    title = f"{number(score)} of {number(most)} points"
    if any(result.status is ResultStatus.ERROR for result in report.results):
        title += ", but not everything could be graded"
    notes = [note for result in report.results for note in _notes(result, by_slug[result.assignment], places)]
    notes.sort(key=lambda note: -note[0])
    if not notes:
        return (
            [_command("notice", f"All {count(_number_of_checks(report), 'check')} passed.", title=title)]
            if report.results
            else []
        )
    them = "it" if len(notes) == 1 else "all of them"
    said = f"{count(len(notes), 'fault')}. The summary of this run explains {them}."
    return [_command("error", said, title=title), *(command for _, command in notes[: ANNOTATIONS - 1])]


def _number_of_checks(report: Report) -> int:
    return sum(len(shown_checks(result)) for result in report.results)


def _notes(result: Result, assignment: Assignment, places: Places) -> list[tuple[float, str]]:
    """(points lost, command) for each fault of one result."""
    folder = places.get((result.student, result.assignment), "")
    if not has_own_checks(result):
        return [(result.max_score, _command("error", sentence(result), title=assignment.title))]
    notes = []
    for check in shown_checks(result):
        lost = check.max_score - check.score
        if check.status is Status.ERROR:
            notes.append((lost, _command("error", reason(check, result), title=f"Not graded: {check.title}")))
        elif check.status is Status.FAILED:
            place = _place(check, assignment, folder)
            notes.append((lost, _command("error", _message(check), title=f"{check.title} (-{number(lost)})", **place)))
    return notes


def _message(check: CheckResult) -> str:
    rows = [*facts(check), ("Hint", check.hint)]
    return "\n".join(f"{label}: {clip(text.strip(), MESSAGE_SHOWN)}" for label, text in rows if text.strip())


def _place(check: CheckResult, assignment: Assignment, folder: str) -> dict[str, str]:
    """The student's own line; without one, the file, if there is only one that can be meant: by what was done, or at all."""
    if check.place and not PurePosixPath(check.place.file).is_absolute() and ".." not in PurePosixPath(check.place.file).parts:
        return {"file": str(PurePosixPath(folder, check.place.file)), "line": str(check.place.line)}
    wrote = {entry.who for entry in check.transcript}
    named = [file for file in assignment.files if file in wrote or re.search(rf"(?<![\w/.-]){re.escape(file)}(?!\w)", check.did)]
    files = named or assignment.files
    return {"file": str(PurePosixPath(folder, files[0]))} if len(files) == 1 else {}


def _command(kind: str, message: str, **properties: str) -> str:
    """A workflow command on one line, escaped as GitHub's runner undoes it."""
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {shown}::{_data(message)}"


def _data(text: str) -> str:
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# ---- GitHub Classroom's reporter


def classroom_result(results: Sequence[Result]) -> dict[str, Any]:
    """What `classroom-resources/autograding-grading-reporter` reads of one runner.

    It adds up `score` for its notice but counts passed tests for its table. Both agree when all tests are worth the same, so
    a check of three points is three tests of one point (or one, when every check has three).
    """
    checks = [(result, check) for result in results for check in result.checks]
    points = [math.floor(part) for _, check in checks for part in (check.max_score, check.score)]
    unit = math.gcd(*points) or 1
    several = len({result.assignment for result in results}) > 1
    tests: list[dict[str, Any]] = []
    for result, check in checks:
        tests += _tests(check, f"{result.assignment}: " if several else "", unit)
    statuses = {check.status for _, check in checks}
    broken = not checks or Status.ERROR in statuses or any(result.status is ResultStatus.ERROR for result in results)
    status = "error" if broken else "pass" if statuses == {Status.PASSED} else "fail"
    if not tests:
        tests = [_test("grader", status, 0)]
    most = sum(math.floor(check.max_score) for _, check in checks)
    return {"version": 1, "status": status, "max_score": most, "tests": tests}


def encoded(result: dict[str, Any]) -> str:
    """`result` as one line of base64. Messages go first when it would be too long for its way."""
    text = json.dumps(result)
    if len(text) > RESULT_BYTES:
        short = [{**test, "name": clip(test["name"], 40)} for test in result["tests"]]
        short = [{key: test[key] for key in ("name", "status", "score")} for test in short]
        text = json.dumps({**result, "tests": short})
    return base64.b64encode(text.encode()).decode()


def _tests(check: CheckResult, prefix: str, unit: int) -> list[dict[str, Any]]:
    """One check as tests of `unit` points each."""
    many, right = math.floor(check.max_score) // unit, math.floor(check.score) // unit
    title = "A check of your instructor" if check.hidden else inert(check.title or check.id, keep="")
    lost = {Status.ERROR: "error"}.get(check.status, "fail")
    tests = []
    for position in range(many):
        part = f" ({position + 1}/{many})" if many > 1 else ""
        status, score = ("pass", unit) if position < right else (lost, 0)
        test = _test(f"{prefix}{clip(title, 100)}{part}", status, score)
        if position == 0:
            test["duration"] = round(check.seconds * 1000)
        if position == right and not check.hidden:  # the first one that is lost
            test["message"] = clip(inert(check.happened or check.message), MESSAGE_SHOWN)
            if check.place:
                test |= {"filename": check.place.file, "line_no": check.place.line}
        tests.append(test)
    return tests


def _test(name: str, status: str, score: int) -> dict[str, Any]:
    nothing = {"test_code": "", "task_id": 0, "filename": "", "line_no": 0, "duration": 0}
    return {"name": name, "status": status, "score": score, **nothing}


def _totals(report: Report) -> tuple[float, float]:
    return sum(result.score for result in report.results), sum(result.max_score for result in report.results)
