from __future__ import annotations

import threading

import pytest

from grader.grading.batch import run_in_threads
from grader.grading.slots import IDLE, MOST_PER_CORE, PER_CORE, ROOM_BYTES, SATURATED, Load, Slots, cores, measure
from tests.grading.test_batch import Class, class_  # noqa: F401

CORES = 2
LEAST, MOST = PER_CORE * CORES, MOST_PER_CORE * CORES
PLENTY = 1000 * ROOM_BYTES
BUSY, SO_SO, QUIET = SATURATED / 2, (IDLE + SATURATED) / 2, 2 * IDLE


class Machine:
    """A machine as a test says it is: each `pass_` is some seconds in which its cores idled for a share of the time."""

    def __init__(self) -> None:
        self.at, self.idle, self.free, self.looks = 0.0, 0.0, PLENTY, 0
        self.slots = Slots(CORES, self.measure, lambda: self.at)
        self.pass_(1, QUIET)  # the first look only shows where the counting begins

    def measure(self) -> Load:
        self.looks += 1
        return Load(self.idle, self.free)

    def pass_(self, seconds: float, idle: float) -> int:
        self.at += seconds
        self.idle += seconds * idle
        return self.slots.now()


def test_it_begins_with_two_for_each_core_and_looks_at_nothing_before_a_second_is_over() -> None:
    machine = Machine()
    assert machine.looks == 1
    assert machine.slots.now() == LEAST
    assert machine.pass_(0.9, QUIET) == LEAST
    assert machine.looks == 1


def test_each_idle_second_adds_one_up_to_the_most() -> None:
    machine = Machine()
    seen = [machine.pass_(1, QUIET) for _ in range(MOST)]
    assert seen == [*range(LEAST + 1, MOST + 1), *[MOST] * LEAST]


def test_asked_often_it_still_changes_once_a_second() -> None:
    machine = Machine()
    assert [machine.pass_(0.25, QUIET) for _ in range(8)] == [LEAST] * 3 + [LEAST + 1] * 4 + [LEAST + 2]


def test_idling_is_measured_over_the_time_that_has_passed() -> None:
    machine = Machine()
    assert machine.pass_(10, SO_SO) == LEAST, "seconds of idling, but a small share of ten"


def test_a_saturated_machine_takes_the_surplus_back_and_no_more() -> None:
    machine = Machine()
    for _ in range(2):
        machine.pass_(1, QUIET)
    assert [machine.pass_(1, BUSY) for _ in range(4)] == [LEAST + 1, LEAST, LEAST, LEAST]


def test_in_between_nothing_changes() -> None:
    machine = Machine()
    machine.pass_(1, QUIET)
    assert [machine.pass_(1, SO_SO) for _ in range(3)] == [LEAST + 1] * 3


def test_no_job_more_than_memory_has_room_for() -> None:
    machine = Machine()
    machine.free = (LEAST + 2) * ROOM_BYTES - 1
    assert [machine.pass_(1, QUIET) for _ in range(3)] == [LEAST + 1] * 3
    machine.free = LEAST * ROOM_BYTES
    assert [machine.pass_(1, QUIET) for _ in range(2)] == [LEAST, LEAST]


def test_little_memory_leaves_two_for_each_core() -> None:
    machine = Machine()
    machine.free = 0
    assert [machine.pass_(1, QUIET) for _ in range(2)] == [LEAST, LEAST]


def test_this_machine_can_be_measured() -> None:
    first, second = measure(), measure()
    assert 0 < first.idle <= second.idle
    assert first.free_bytes > 0
    assert cores()


def test_a_machine_that_does_not_tell_counts_as_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("psutil.cpu_times", refuse)
    assert measure() == Load(0.0, 0)


# ---- in a batch


class Gate:
    """Grades when so many jobs are at work at the same time; counts them."""

    def __init__(self, at_once: int) -> None:
        self.at_once, self.working, self.most = at_once, 0, 0
        self.changed = threading.Condition()

    def pass_(self, worker: object) -> None:
        with self.changed:
            self.working += 1
            self.most = max(self.most, self.working)
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.most >= self.at_once, 30), "a job that may go out was kept back"
            self.working -= 1


@pytest.mark.parametrize("allowed", [1, 3])
def test_a_batch_has_as_many_jobs_out_as_it_is_told(class_: Class, allowed: int) -> None:  # noqa: F811
    gate = Gate(allowed)
    class_.sessions.deeds["gate"] = gate.pass_
    for number in range(8):
        class_.hand_in(f"s{number:02}", "old_mail", "gate")
    report = run_in_threads(class_.batch(store=None), class_.locations(), class_.sessions.make, 6, lambda: allowed)
    assert gate.most == allowed
    assert len(class_.sessions.graded) == 8 and len(report.results) == 16


def test_a_batch_gives_out_more_when_the_number_grows(class_: Class) -> None:  # noqa: F811
    gate = Gate(4)
    class_.sessions.deeds["gate"] = gate.pass_
    for number in range(6):
        class_.hand_in(f"s{number:02}", "old_mail", "gate")
    asked: list[int] = []

    def slots() -> int:
        asked.append(0)
        return min(4, 1 + len(asked) // 3)

    run_in_threads(class_.batch(store=None), class_.locations(), class_.sessions.make, 6, slots)
    assert gate.most == 4


def test_a_batch_gives_out_fewer_when_the_number_shrinks(class_: Class) -> None:  # noqa: F811
    """Three are out when the number falls to one: the next goes out when they are all back."""
    allowed, working, out = [3], [], []
    three = threading.Event()

    def work(worker: object) -> None:
        working.append(worker)
        out.append(len(working))
        if len(out) == 3:
            allowed[0] = 1
            three.set()
        assert three.wait(30)
        working.pop()

    class_.sessions.deeds["work"] = work
    for number in range(7):
        class_.hand_in(f"s{number:02}", "old_mail", "work")
    run_in_threads(class_.batch(store=None), class_.locations(), class_.sessions.make, 6, lambda: allowed[0])
    assert out[3:] == [1] * 4
