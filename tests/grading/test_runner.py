"""A session runs an assignment's checks for job after job, and nothing of one job reaches the next."""

from __future__ import annotations

import psutil
import pytest

from grader.model import Result, Status
from tests.tiny_course import TinyCourse

FILES = {"p.py": "print('hello')\n"}


def statuses(result: Result) -> list[str]:
    return [str(check.status) for check in result.checks]


COUNTS = """
count = 0
seen = []

@check(hint="h")
def test_rebinds(student):
    '''Rebinds a name'''
    global count
    count += 1
    if count > 1:
        raise Mismatch(f"this is run {count}")

@check(hint="h")
def test_appends(student):
    '''Changes a list'''
    seen.append(1)
    if len(seen) > 1:
        raise Mismatch(f"this is run {len(seen)}")
"""


def test_what_a_job_leaves_in_a_module_is_gone(portable: TinyCourse) -> None:
    results = [portable.grade(COUNTS, FILES), portable.again(), portable.again(only="appends"), portable.again()]
    assert [statuses(result) for result in results] == [["passed"] * 2, ["passed"] * 2, ["passed"], ["passed"] * 2]


def test_what_a_job_leaves_in_a_helper_or_a_cache_is_gone(portable: TinyCourse) -> None:
    checks = """
    import functools
    from .helper import seen

    @functools.cache
    def cached():
        return []

    @check(hint="h")
    def test_counts(student):
        '''Counts'''
        seen.append(1)
        cached().append(1)
        if (len(seen), len(cached())) != (1, 1):
            raise Mismatch("somebody was here before")
    """
    results = [portable.grade(checks, FILES, beside={"helper.py": "seen = []\n"}), portable.again(), portable.again()]
    assert [statuses(result) for result in results] == [["passed"]] * 3


def test_a_job_leaves_the_session_of_others_alone(portable: TinyCourse) -> None:
    """Modules that did not change are not imported again."""
    checks = """
    import sys

    imports = sys.__dict__.setdefault("imports_of_a_test", iter(range(1, 100)))
    number = next(imports)
    del imports

    @check(hint="h")
    def test_tells(student):
        '''Tells'''
        raise Mismatch(f"import {number}")
    """
    happened = [result.checks[0].happened for result in (portable.grade(checks, FILES), portable.again(), portable.again())]
    assert happened == ["import 1"] * 3


def test_an_assignment_outlives_the_modules_of_another(portable: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_fails(student):
        '''Fails'''
        assert 1 == 2, "the author is wrong"
    """
    first, kept = portable.grade(checks, FILES), portable.last
    portable.grade(COUNTS, FILES)
    portable.last = kept
    assert portable.again().checks[0].message == first.checks[0].message


FIXTURES = """
import pytest

@pytest.fixture
def of_function():
    return []

@pytest.fixture(scope="module")
def of_module():
    return []

@pytest.fixture(scope="session")
def of_session():
    made = []
    yield made
    made.clear()

@pytest.fixture(autouse=True, scope="session")
def always():
    return []

@check(hint="h")
def test_first(student, of_function, of_module, of_session, always):
    '''First'''
    for made in (of_function, of_module, of_session, always):
        if made:
            raise Mismatch("somebody was here before")
        made.append(1)

@check(hint="h")
def test_second(student, of_function, of_module, of_session, always):
    '''Second'''
    if (of_function, of_module, of_session, always) != ([], [1], [1], [1]):
        raise Mismatch(f"{of_function} {of_module} {of_session} {always}")
"""


def test_fixtures_of_every_scope_are_made_for_every_job(portable: TinyCourse) -> None:
    results = [portable.grade(FIXTURES, FILES), portable.again(), portable.again()]
    assert [statuses(result) for result in results] == [["passed", "passed"]] * 3


BREAKS = """
import pytest

@pytest.fixture(scope="session")
def lent():
    lent = []
    yield lent
    lent.clear()

@check(hint="h")
def test_before(student, lent):
    '''Before'''
    if lent:
        raise Mismatch("somebody was here before")
    lent.append(1)

@check(hint="h")
def test_breaks(student, lent):
    '''Breaks'''
    if student.has("p.py"):
        BREAKING

@check(hint="h")
def test_after(student, lent):
    '''After'''
    if lent != [1]:
        raise Mismatch(str(lent))
"""


@pytest.mark.parametrize(
    ("breaking", "expected"),
    [
        ("raise KeyboardInterrupt", ["passed", "error", "error"]),
        ("raise SystemExit(3)", ["passed", "error", "passed"]),
        ("pytest.exit('enough')", ["passed", "error", "error"]),
        ("raise RuntimeError('author')", ["passed", "error", "passed"]),
    ],
)
def test_a_run_that_is_broken_off_is_no_matter_of_the_next(portable: TinyCourse, breaking: str, expected: list[str]) -> None:
    first = portable.grade(BREAKS.replace("BREAKING", breaking), FILES)
    assert statuses(first) == expected
    assert statuses(portable.again({})) == ["passed"] * 3
    assert statuses(portable.again()) == expected
    assert statuses(portable.again({})) == ["passed"] * 3


@pytest.mark.parametrize("source", ["def broken(:\n", "import no_such_module\n", "raise KeyError('at import')\n"])
def test_a_file_that_cannot_be_imported_is_told_every_time(portable: TinyCourse, source: str) -> None:
    checks = """
    @check(hint="h")
    def test_runs(student):
        '''Runs'''
    """
    results = [portable.grade(checks, FILES, beside={"test_broken.py": source}), portable.again()]
    for result in results:
        (check,) = result.checks
        assert check.status is Status.ERROR
        assert "could not run this check" in check.message
        assert "never reported" not in check.message
    assert results[0].checks[0].message == results[1].checks[0].message
    assert statuses(portable.grade(checks, FILES)) == ["passed"]


def test_parameters_and_choices_are_those_of_the_job(portable: TinyCourse) -> None:
    checks = """
    import pytest

    @check(hint="h")
    def test_first(student):
        '''First'''
        student.read_file("p.py")

    @check(needs=["first"], hint="h")
    def test_second(student):
        '''Second'''

    @check(hint="h")
    @pytest.mark.usefixtures("student")
    def test_third(rng):
        '''Third'''
        raise Mismatch(str(rng.random()))
    """
    first = portable.grade(checks, FILES)
    assert statuses(first) == ["passed", "passed", "failed"]
    assert statuses(portable.again({})) == ["failed", "skipped", "failed"]
    assert [check.id for check in portable.again(only="second").checks] == ["second"]
    assert [check.id for check in portable.again({}, only="second").checks] == ["first", "second"]
    assert portable.again().checks[2].happened == first.checks[2].happened


def test_a_second_look_leaves_nothing_for_the_checks_of_the_next_job(sandboxed: TinyCourse) -> None:
    checks = """
    import sys

    runs = sys.__dict__.setdefault("looks_of_a_test", [])
    seen = []

    @check(hint="h")
    def test_starts(student):
        '''Starts'''
        runs.append(1)
        seen.append(1)
        program = student.start("p.py")
        if student.has("early.txt") or len(seen) > 1:
            raise Mismatch("it came too early")
        program.wait_for_output("hello")

    @check(needs=["starts"], hint="h")
    def test_after(student):
        '''After'''
        raise Mismatch(f"run {len(runs)}")
    """
    program = {"p.py": b"print('hello')\n"}
    sandboxed.grade(checks, {**program, "early.txt": b""})
    second = sandboxed.again(program)
    assert statuses(second) == ["passed", "failed"]
    assert second.checks[1].happened == "run 3"  # two looks of the first job, one of this
    assert statuses(sandboxed.again({**program, "early.txt": b""})) == ["failed", "skipped"]


def test_what_a_check_reads_or_prints_is_not_the_sessions(portable: TinyCourse) -> None:
    checks = """
    import os, sys

    @check(hint="h")
    def test_reads(student):
        '''Reads and prints'''
        print("{}")
        os.write(1, b"{}")
        if os.read(0, 10) or sys.stdin.read():
            raise Mismatch("it read")
    """
    assert [statuses(result) for result in (portable.grade(checks, FILES), portable.again())] == [["passed"]] * 2


def test_memory_stays_as_it_is_over_two_hundred_jobs(portable: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_fails(student):
        '''Fails'''
        raise Mismatch("x" * 10_000)

    @check(hint="h")
    def test_prints(student):
        '''Prints'''
        print("x" * 10_000)
    """
    portable.grade(checks, FILES)
    process = portable.worker._process
    assert process is not None
    session = psutil.Process(process.pid)

    def after(jobs: int) -> int:
        for _ in range(jobs):
            assert statuses(portable.again()) == ["failed", "passed"]
        return int(session.memory_info().rss)

    before = after(60)
    assert after(200) - before < 2**21  # ten thousand bytes of each job would be as much
