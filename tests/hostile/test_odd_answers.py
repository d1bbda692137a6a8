"""Functions that answer in shapes nobody expects, or forge the answer: the student's fault, never an `error` that hides a zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading.batch import Batch, ReadBefore, run_in_threads
from grader.course.course import load_course
from grader.model import Isolation, Status, Submission
from grader.sandbox.probe import probe
from grader.grading.worker import Worker

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


def handed_in(slug: str, student: str, added: str) -> ReadBefore:
    """The solution with something added to it, before its main program runs."""
    assignment = COURSE.assignment(slug)
    files = {name: (ROOT / "solutions" / slug / name).read_bytes() for name in assignment.files}
    before, main, after = files[MODULES[slug]].partition(b'if __name__ == "__main__"')
    files[MODULES[slug]] = before + added.encode() + main + after
    return ReadBefore(Submission(student, slug, files, ROOT), assignment)


@pytest.mark.parametrize("slug", list(MODULES))
def test_no_answer_is_an_error_of_the_grader(slug: str) -> None:
    capability = probe()
    if capability.isolation is not Isolation.SANDBOX:
        pytest.skip(f"attacks run only in a sandbox: {capability.reason}")
    odd = [ANSWERS_ODDLY.format(odd=", ".join(ODD), start=start) for start in range(0, len(ODD), 7)]
    forged = [FORGES.format(answer=answer.replace(b"FILE", MODULES[slug].encode())) for answer in FORGED]
    handed = [handed_in(slug, f"s{number:02}", added) for number, added in enumerate(odd + forged)]
    report = run_in_threads(Batch(capability.isolation, capability.reason, seed=3), handed, lambda: Worker(ROOT, capability), 2)
    checks = [(result, check) for result in report.results for check in result.checks]
    assert not [f"{result.student} {check.id}: {check.message}" for result, check in checks if check.status is Status.ERROR]
    assert all(result.score < result.max_score for result in report.results)
