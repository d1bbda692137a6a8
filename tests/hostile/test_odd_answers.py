"""Functions that answer in shapes nobody expects, or forge the answer: the student's fault, never an `error` that hides a zero."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.grading.batch import Batch, ReadBefore, run_in_threads
from grader.grading.worker import Worker
from grader.model import Assignment, Isolation, Result, Status, Submission
from grader.sandbox.probe import Capability, probe

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = load_course(ROOT)
MODULES = {
    "employee_db": "employee_db.py",
    "nist_time": "nist_time.py",
    "recv_outcomes": "receive.py",
    "stock_trades": "stock_trades.py",
}
"""Assignments whose functions are called, and where those are."""

ODD = (
    "5", "None", "[]", "{}", "'x'", "b''", "[[1]] * 3", "True", "float('nan')", "['full']", "['full', 5]", "[None, None]",
    "object()", "10**3000", "'\\ud800'", "[b'a', 2]", "(1, 2)", "[(None,) * 9]", "{1: [2]}", "datetime.datetime.max",
)  # fmt: skip
ANSWERS_ODDLY = """
if __name__ != "__main__":
    import datetime, types

    def answering(function, value):
        def answer(*arguments):
            try:
                function(*arguments)
            except Exception:
                pass
            return value
        return answer

    odd = [{odd}]
    functions = [name for name, value in globals().items() if isinstance(value, types.FunctionType) and name != "answering"]
    for number, name in enumerate(functions):
        globals()[name] = answering(globals()[name], odd[(number + {start}) % len(odd)])

"""
FORGED = (
    b'{"value": 5}', b'{"value": {"$other": 5}}', b'{"value": NaN}', b'{"rows": [[1]]}', b'{"missing": [1]}', b'{"error": "x"}',
    b'{"raised": 5}', b'{"raised": {"type": [], "text": {}, "file": "../x", "source": 5, "line": 1e400}}',
    b'{"raised": {"type": "X", "text": "", "file": "FILE", "source": "", "line": 99999999999999999999}}',
    b'{"raised": {"type": "X", "text": "", "file": "FILE", "source": "", "line": -5}}',
    b'{"value": {"$datetime": "9999-12-31T23:59:59+23:59"}}', b'{"value": {"$dict": [[[1], 2]]}}',
)  # fmt: skip
FORGES = """
if __name__ != "__main__":
    import os
    for descriptor in range(3, 30):
        try:
            if "pipe" in os.readlink(f"/proc/self/fd/{{descriptor}}"):
                os.write(descriptor, {answer})
        except OSError:
            pass
    os._exit(0)

"""


def handed_in(assignment: Assignment, student: str, added: str) -> ReadBefore:
    """The solution with something added to it, before its main program runs."""
    slug = assignment.slug
    files = {name: (ROOT / "solutions" / slug / name).read_bytes() for name in assignment.files}
    before, main, after = files[MODULES[slug]].partition(b'if __name__ == "__main__"')
    files[MODULES[slug]] = before + added.encode() + main + after
    return ReadBefore(Submission(student, slug, files, ROOT), assignment)


def graded(capability: Capability, assignment: Assignment, additions: list[str]) -> list[Result]:
    """What becomes of the solution with each of these added to it."""
    handed = [handed_in(assignment, f"s{number:02}", added) for number, added in enumerate(additions)]
    report = run_in_threads(Batch(capability.isolation, capability.reason, seed=3), handed, lambda: Worker(ROOT, capability), 2)
    for result in report.results:
        assert not [f"{result.student} {check.id}: {check.message}" for check in result.checks if check.status is Status.ERROR]
        assert result.score < result.max_score
    return list(report.results)


@pytest.mark.parametrize("slug", list(MODULES))
def test_no_answer_is_an_error_of_the_grader(slug: str) -> None:
    """The first forged answer shows which checks call a function at all: all others need not be asked again for every answer.

    One that it skips, it would skip for every other answer, too: there is none that a check takes for right.
    """
    capability = probe()
    if capability.isolation is not Isolation.SANDBOX:
        pytest.skip(f"attacks run only in a sandbox: {capability.reason}")
    assignment = COURSE.assignment(slug)
    odd = [ANSWERS_ODDLY.format(odd=", ".join(ODD), start=start) for start in range(0, len(ODD), 7)]
    first, *forged = [FORGES.format(answer=answer.replace(b"FILE", MODULES[slug].encode())) for answer in FORGED]
    (result,) = graded(capability, assignment, [first])
    calling = {check.id for check in result.checks if check.status not in (Status.PASSED, Status.SKIPPED)}
    assert calling
    checks = tuple(check for check in assignment.checks if check.id in calling)
    results = graded(capability, replace(assignment, checks=checks), odd + forged)
    skipped = [check for one in results for check in one.checks if check.status is Status.SKIPPED]
    assert all(any(needed in check.message for needed in calling) for check in skipped)  # none for want of those left out
