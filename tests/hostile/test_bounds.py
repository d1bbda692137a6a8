"""Programs that want the session's own memory or time, run only inside a session's own namespaces: each costs its own check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import CannotGrade
from grader.limits import Limits
from grader.model import Isolation, Status
from grader.sandbox.probe import probe
from tests.tiny_course import TinyCourse

PROGRAMS = Path(__file__).parent / "programs"
LIMITS = Limits(wall_seconds=60, cpu_seconds=20)

SERVED = """
import resource

def mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

@check(hint="h")
def test_attack(student, chat_server):
    '''Runs the attack'''
    chat_server.start()
    student.start("attack.py").wait_for_end()

@check(hint="h")
def test_the_session_is_still_small(student):
    '''Measures the session'''
    if mib() > 700:
        raise Mismatch(f"the session took {mib()} MiB")
"""

RUN = """
@check(hint="h")
def test_attack(student):
    '''Runs the attack'''
    student.run("attack.py")
"""


@pytest.fixture(scope="module")
def jail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCourse]:
    """A session in the sandbox; where there is none, no attack is run at all."""
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(f"attacks run only in a sandbox: {error}")
    course = TinyCourse(tmp_path_factory.mktemp("jail"), capability)
    yield course
    course.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("floods_a_server", "your program sent more than "),
        ("holds_connections", "your program made more than "),
        ("connects_without_end", "your program made more than "),
    ],
)
def test_what_a_server_takes_in_is_bounded(jail: TinyCourse, name: str, said: str) -> None:
    result = jail.grade(SERVED, {"attack.py": (PROGRAMS / f"{name}.py").read_bytes()}, LIMITS)
    first, second = result.checks
    assert (first.status, first.happened[: len(said)]) == (Status.FAILED, said), first.message
    assert second.status is Status.PASSED, second.message


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files_outside_the_folder_are_limited_in_number(jail: TinyCourse, folder: str) -> None:
    source = f"""
    number = 0
    try:
        while number < 20_000:
            open(f"{folder}/{{number}}", "w").close()
            number += 1
    except OSError:
        pass
    print("made", number)
    """
    checks = RUN.replace('student.run("attack.py")', 'raise Mismatch(student.run("attack.py").output)')
    (check,) = jail.grade(checks, {"attack.py": source}, LIMITS).checks
    assert check.status is Status.FAILED
    assert 100 < int(check.happened.split("made ")[1].split()[0]) < 5000, check.message


@pytest.mark.parametrize("how", ["waits", "ignores", "orphans"])
def test_the_time_of_dead_children_counts(jail: TinyCourse, how: str) -> None:
    source = (PROGRAMS / "dying_children.py").read_text().replace('HOW = "waits"', f'HOW = "{how}"')
    limits = Limits(wall_seconds=60, cpu_seconds=1)
    (check,) = jail.grade(RUN, {"attack.py": source}, limits).checks
    assert check.status is Status.FAILED
    assert "seconds of computing time" in check.happened, check.message
