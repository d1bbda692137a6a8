"""Words, symbols and numbers that every report for people shares. No Markdown and no colours in here."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Sequence
from pathlib import Path

from grader.model import Assignment, CheckResult, Isolation, Result, ResultStatus, Status

SYMBOLS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.ERROR: "!", Status.SKIPPED: "–"}

STAND_INS = str.maketrans({"✓": "+", "✗": "x", "→": "->", "←": "<-", "·": "-", "–": "-", "…": "~", "█": "#", "░": ".", "│": "|"})
"""For a terminal that knows only ASCII."""

TRACEBACK_SHOWN = 16_000
"""Characters of a traceback that a page shows; none that the grader has cut itself is longer."""
NOT_THE_STUDENTS_FAULT = "This is not the fault of your program: tell your instructor"


def number(points: float) -> str:
    """Points without a needless `.0`: `6`, `6.5`."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def count(many: int, one: str) -> str:
    """`1 check`, `2 checks`."""
    return f"{many:,} {one if many == 1 else one + 's'}"


def bar(score: float, max_score: float, width: int = 10, full: str = "█", empty: str = "░") -> str:
    """A bar of `width` characters. It is full only for full marks, and empty only for none."""
    share = score / max_score if max_score else 0.0
    filled = width if share >= 1 else min(width - 1, max(1 if share > 0 else 0, round(share * width)))
    return full * filled + empty * (width - filled)


def shown_checks(result: Result) -> tuple[CheckResult, ...]:
    """The checks a student may read about."""
    return tuple(check for check in result.checks if not check.hidden)


def score_line(result: Result) -> str:
    """`6 of 10 points · 3 of 5 checks passed`, or that there is no score and why not."""
    if result.status is ResultStatus.ERROR:
        return "Not graded"
    checks = shown_checks(result)
    passed = sum(check.status is Status.PASSED for check in checks)
    line = f"{number(result.score)} of {number(result.max_score)} points · {passed} of {count(len(checks), 'check')} passed"
    not_run = sum(check.status is Status.ERROR for check in checks)
    return f"{line} · {count(not_run, 'check')} could not be graded" if not_run else line


def hidden_line(result: Result, held_back: int = 0) -> str:
    """How many checks are hidden, or `held_back` by the instructor, and nothing else about them; empty if none are."""
    hidden = len(result.checks) - len(shown_checks(result))
    if not hidden and not held_back:
        return ""
    who = f"{hidden or held_back} more {'check is' if (hidden or held_back) == 1 else 'checks are'} run by your instructor."
    return f"{who} The score counts all checks." if hidden else f"{who} The score here does not count {_them(held_back)}."


def _them(many: int) -> str:
    return "it" if many == 1 else "them"


def changed_line(result: Result) -> str:
    """That files of the course were changed in the student's repository, and what that means: nothing; empty if none were."""
    changed = result.origin.changed
    if not changed:
        return ""
    files = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return f"Files of the course were changed in this repository ({files}); it was graded with the course's own all the same."


def late_line(result: Result) -> str:
    """That the work was handed in late, and what is left of its points; empty if it was not."""
    late = result.lateness
    if not late or not late.late:
        return ""
    line = f"Handed in {count(late.days, 'day')} late, counting each day that has begun"
    if late.factor == 1:
        return f"{line}; all points count."
    return f"{line}; {number(late.factor * 100)} % of the points count: {number(result.awarded)} of {number(result.score)}."


def good_word(result: Result, assignment: Assignment) -> str:
    """What full marks deserve, and what comes next; empty when points are missing, or may yet be missed.

    That is so when only some checks were run here, when a person has still to read something, and when the work came late.
    """
    seen_all = len(result.checks) == len(assignment.checks) and not assignment.held_back
    read = all(result.rubric.get(item.id, -1) >= item.points for item in assignment.rubric)
    if not (result.passed_everything and seen_all and read and result.awarded == result.score):
        return ""
    if assignment.following is None:
        return "Full marks. Well done!"
    if not assignment.following:
        return "Full marks. Well done! This was the last assignment of the course."
    return f"Full marks. Well done! The next assignment is {assignment.following}."


def told_before(check: CheckResult, result: Result) -> CheckResult | None:
    """The failed check above this one on the page that has told the same cause, with the same hint; None if there is none."""
    for other in shown_checks(result):
        if other.id == check.id or not check.cause:
            return None
        if other.status is Status.FAILED and (other.cause, other.hint) == (check.cause, check.hint):
            return other
    return None


def same_as(check: CheckResult, other: CheckResult) -> tuple[str, str]:
    """The one row of a check whose cause `other` has told."""
    return "What happened", f'the same as in "{other.title or other.id}": {check.happened or check.message}'


def facts(check: CheckResult) -> list[tuple[str, str]]:
    """What a student reads about a failed check: (label, text) rows, empty texts left out."""
    if check.did or check.expected or check.happened:
        rows = [("What we did", check.did), ("Expected", check.expected), ("What happened", check.happened)]
    else:
        rows = [("What happened", check.message)]
    return [(label, text) for label, text in rows if text.strip()]


def reason(check: CheckResult, result: Result) -> str:
    """Why a check was skipped or could not be graded, in one line, without naming a hidden check."""
    message = check.message.strip()
    if check.status is Status.ERROR:
        return _blameless(message or "The grader could not run this check")
    if not message or _names_hidden(message, result):
        return "A check that this one needs did not pass."
    return _with_titles(message, result)


def not_run(result: Result) -> list[tuple[str, list[CheckResult]]]:
    """The checks that were skipped or could not be graded, by reason: (reason, its checks), in the order of the checks."""
    groups: dict[tuple[Status, str], list[CheckResult]] = {}
    for check in shown_checks(result):
        if check.status in (Status.ERROR, Status.SKIPPED):
            groups.setdefault((check.status, reason(check, result)), []).append(check)
    return [(why, checks) for (_, why), checks in groups.items()]


def sentence(result: Result) -> str:
    """Why a submission has no grade of its own, in one line, without naming a hidden check; empty if it was graded."""
    message = result.message.strip()
    if result.status is ResultStatus.GRADED:
        return ""
    if result.status is ResultStatus.MISSING:
        return message or "None of the files of this assignment was handed in."
    if not message or _names_hidden(message, result):
        message = "The grader could not grade this submission"
    return _blameless(message)


def has_own_checks(result: Result) -> bool:
    """Whether the checks say more than the result's one sentence does."""
    if result.status is ResultStatus.MISSING:
        return False
    return any(check.status is not Status.ERROR for check in shown_checks(result)) or result.status is ResultStatus.GRADED


def _with_titles(message: str, result: Result) -> str:
    """`message` with the title of a check, which students know, in place of its id."""
    titles = {check.id: f'"{check.title}"' for check in result.checks if check.id and check.title}
    ids = "|".join(re.escape(id) for id in titles)
    return re.sub(rf"\b({ids})\b", lambda match: titles[match.group()], message) if ids else message


def _blameless(message: str) -> str:
    return message if "your instructor" in message else f"{message.rstrip('.')}. {NOT_THE_STUDENTS_FAULT}."


def _names_hidden(text: str, result: Result) -> bool:
    hidden = [check for check in result.checks if check.hidden]
    texts = {part for check in hidden for part in (check.title, check.message, check.happened)} - {"", result.message}
    ids = "|".join(re.escape(check.id) for check in hidden)
    return any(part in text for part in texts) or bool(ids and re.search(rf"\b({ids})\b", text))


def isolation_line(isolation: Isolation) -> str:
    if isolation is Isolation.SANDBOX:
        return "Run in the sandbox"
    return "Self-check: run without the sandbox"


def path_option(path: Path | None) -> str:
    """The words by which a command grades the files in `path`; none if it was not told where they are."""
    return f"--path {shlex.quote(str(path))}" if path else ""


def run_again(result: Result, check: CheckResult | None = None, where: str = "") -> str:
    """The command that gives the same data again, for one check or for all.

    `where` are the words that it needs to grade the same files, see `path_option`.
    """
    only = f" -k {check.id}" if check else ""
    return f"grader run {result.assignment}{only} --seed {result.seed} {where}".rstrip()


def replay(result: Result, check: CheckResult, where: str = "") -> str:
    """The command that repeats a failed check, with the same data, while the student starts the program by hand."""
    scenario = f"/{check.scenario}" if check.scenario else ""
    return f"grader replay {result.assignment}/{check.id}/{result.seed}{scenario} {where}".rstrip()


def plain(text: str, ascii_only: bool) -> str:
    """`text` for a terminal: with stand-ins for our symbols, and escapes for the rest, if it knows only ASCII."""
    return text.translate(STAND_INS).encode("ascii", "backslashreplace").decode() if ascii_only else text


def joined(pieces: Sequence[str], width: int) -> str:
    """The pieces with dots between them, in lines of at most `width` columns; a line ends only between two pieces."""
    whole = " ".join(f"{piece} ·".replace(" ", "\N{NO-BREAK SPACE}") for piece in pieces)
    lines = textwrap.fill(whole, width + 2, break_long_words=False, break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}", " ").replace(" ·\n", "\n").removesuffix(" ·")
