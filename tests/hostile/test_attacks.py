"""Programs that attack, run only inside a session's own namespaces. Each must end, be told apart, and leave nothing behind."""

from __future__ import annotations

import platform
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
"""So generous that a busy machine meets none of them: an attack is to be stopped by the limit it attacks."""

OUTPUT = """
@check(hint="h")
def test_attack(student):
    '''Runs the attack'''
    run = student.run("attack.py")
    raise Mismatch(run.output)

@check(hint="h")
def test_next_program_is_not_disturbed(student):
    '''Runs a server afterwards, on the port a daemon may have taken'''
    student.start("server.py").wait_until_listening(9128)
"""
SERVER = "import socket\ns = socket.create_server(('127.0.0.1', 9128), reuse_port=False)\ns.accept()\n"


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


def attack(jail: TinyCourse, name: str) -> str:
    """Run one attack, see that the next program is unharmed, and return what the attack printed or why it ended."""
    files: dict[str, str | bytes] = {"attack.py": (PROGRAMS / f"{name}.py").read_bytes(), "server.py": SERVER}
    result = jail.grade(OUTPUT, files, LIMITS)
    first, second = result.checks
    assert first.status is Status.FAILED, first.message
    assert second.status is Status.PASSED, second.message
    return first.happened


def test_processes_are_limited(jail: TinyCourse) -> None:
    said = attack(jail, "fork_bomb")
    assert "forks refused after" in said
    assert int(said.split("after ")[1].split()[0]) < 64


def test_threads_are_limited(jail: TinyCourse) -> None:
    said = attack(jail, "many_threads")
    assert int(said.split("after ")[1].split()[0]) < 64


@pytest.mark.parametrize("name", ["memory_hog", "memory_in_children"])
def test_memory_is_limited(jail: TinyCourse, name: str) -> None:
    assert "more than 512 MB of memory" in attack(jail, name)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine's system calls")
def test_memory_outside_the_count_is_refused(jail: TinyCourse) -> None:
    assert "memfd refused" in attack(jail, "hidden_memory")
    said = attack(jail, "kernel_memory")
    assert "gave" not in said
    assert said.count("refused") == 4


def test_a_file_is_limited(jail: TinyCourse) -> None:
    said = attack(jail, "big_file")
    assert int(said.split("after ")[1].split()[0]) <= 64


def test_the_number_of_files_is_limited(jail: TinyCourse) -> None:
    said = attack(jail, "many_files")
    assert int(said.split("after ")[1].split()[0]) < 5000


def test_no_other_disk_can_be_filled(jail: TinyCourse) -> None:
    said = attack(jail, "other_disks")
    assert "took" not in said
    for line in said.split("\n"):
        if line.strip():
            assert int(line.split()[-1]) <= 16


def test_a_daemon_is_dead_before_the_next_program_starts(jail: TinyCourse) -> None:
    assert "left a daemon" in attack(jail, "daemon")


def test_ignored_signals_do_not_help(jail: TinyCourse) -> None:
    assert "the program never ends" in attack(jail, "ignores_signals")


def test_it_can_kill_nobody_else(jail: TinyCourse) -> None:
    attack(jail, "kills_everybody")


def test_it_sees_no_course_no_grader_and_no_secret(jail: TinyCourse) -> None:
    said = attack(jail, "snoops")
    assert "found []" in said
    assert "no pytest" in said
    assert "modules []" in said
    assert "/etc/shadow No such file" in said
    assert "user 1000" in said
    for name in ("GITHUB", "TOKEN", "GRADER"):
        assert name not in said


def test_no_network_is_reached(jail: TinyCourse) -> None:
    said = attack(jail, "reaches_out")
    assert said.count("Network is unreachable") == 2
    assert "name unknown" in said
    assert "raw socket Operation not permitted" in said


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the program has the call numbers of x86_64")
def test_kernel_calls_for_tracing_and_mounting_are_refused(jail: TinyCourse) -> None:
    said = attack(jail, "kernel_calls")
    assert "gave" not in said
    assert said.count("refused") == 9


def test_forged_results_are_only_text(jail: TinyCourse) -> None:
    assert "12 passed" in attack(jail, "forges_results")


def test_links_and_pipes_are_not_followed(jail: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_reads(student):
        '''Reads'''
        student.run("attack.py").expect_exit(0)
        for name in ("link.txt", "fifo.txt", "twice.txt", "up/box/once.txt"):
            try:
                student.read_file(name)
            except (Mismatch, Missing):
                continue
            raise RuntimeError(name + " was read")
    """
    (check,) = jail.grade(checks, {"attack.py": (PROGRAMS / "links.py").read_bytes()}, LIMITS).checks
    assert check.status is Status.PASSED, check.message


@pytest.mark.parametrize("name", ["forges_an_answer", "cuts_the_answer_off"])
def test_a_forged_answer_of_a_call_is_the_students_fault(jail: TinyCourse, name: str) -> None:
    checks = """
    @check(hint="h")
    def test_calls(student):
        '''Calls'''
        student.call("attack:function")
    """
    (check,) = jail.grade(checks, {"attack.py": (PROGRAMS / f"{name}.py").read_bytes()}, LIMITS).checks
    assert check.status is Status.FAILED, check.message
    assert "ended in the middle of it" in check.happened
