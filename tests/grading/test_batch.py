from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import load_course
from grader.errors import CannotGrade, SessionDied
from grader.grading import batch as batch_module
from grader.grading.batch import Batch, Handed, Interrupted, ReadBefore, in_shard, run_in_threads
from grader.grading.store import Store, store_file
from grader.grading.workers import Grades
from grader.model import Isolation, Job, Report, ResultStatus, Status, Submission
from grader.submissions.finding import Location, find_class
from tests.fakes import FakeWorker, Sessions, write


class Class:
    """A class of submissions to one course, graded by fake workers."""

    def __init__(self, root: Path, sessions: Sessions) -> None:
        self.course = load_course(root)
        self.sessions = sessions
        self.folder = root / "submissions"
        self.store = Store(store_file(root))
        self.seen: list[tuple[str, str, int, int]] = []

    def hand_in(self, student: str, slug: str, word: str) -> None:
        for name in self.course.assignment(slug).files:
            write(self.folder / student / slug / name, word)

    def locations(self) -> Sequence[Location]:
        return find_class(self.folder, self.course.assignments, self.course.assignments).locations

    def batch(self, **settings: Any) -> Batch:
        settings = {"isolation": Isolation.SANDBOX, "isolation_reason": "a test", "seed": 7, "store": self.store} | settings
        return Batch(on_result=self._saw, **settings)

    def run(self, jobs: int = 1, **settings: Any) -> Report:
        return run_in_threads(self.batch(**settings), self.locations(), self.sessions.make, jobs)

    def _saw(self, result: Any, done: int, total: int) -> None:
        self.seen.append((result.student, result.assignment, done, total))


@pytest.fixture
def class_(course_root: Path, sessions: Sessions) -> Iterator[Class]:
    made = Class(course_root, sessions)
    yield made
    made.store.close()


def statuses(report: Report) -> list[tuple[str, str, str]]:
    return [(result.student, result.assignment, str(result.status)) for result in report.results]


def test_every_submission_has_a_result_sorted_by_student_and_slug(class_: Class) -> None:
    for student in ("s2", "s1"):
        class_.hand_in(student, "old_mail", "right")
        class_.hand_in(student, "api", "half")
    report = class_.run(jobs=2)
    assert [(result.student, result.assignment, result.score) for result in report.results] == [
        ("s1", "api", 6.0),
        ("s1", "old_mail", 10.0),
        ("s2", "api", 6.0),
        ("s2", "old_mail", 10.0),
    ]
    assert report.isolation is Isolation.SANDBOX
    assert {result.seed for result in report.results} == {7}
    assert sorted(done for *_, done, _ in class_.seen) == [1, 2, 3, 4]
    assert {total for *_, total in class_.seen} == {4}


def test_a_missing_submission_needs_no_session_and_says_one_sentence(class_: Class) -> None:
    write(class_.folder / "s1" / "api" / "notes.txt")
    class_.hand_in("s1", "old_mail", "right")
    report = class_.run()
    missing = report.results[0]
    assert missing.status is ResultStatus.MISSING
    assert missing.message == "No file of this assignment was handed in (expected server.py, client.py)."
    assert (missing.score, missing.max_score) == (0.0, 10.0)
    assert [(check.id, check.title, check.status, check.message) for check in missing.checks] == [
        ("greets", "Says hello", Status.FAILED, missing.message),
        ("says_goodbye", "Says goodbye", Status.FAILED, missing.message),
    ]
    assert class_.sessions.graded == [("s1", "old_mail")]
    assert class_.store.knows("s1")


def test_one_of_two_files_is_enough_to_be_graded(class_: Class) -> None:
    write(class_.folder / "s1" / "api" / "client.py", "half")
    assert class_.run().results[0].status is ResultStatus.GRADED


def test_a_missing_submission_tells_what_was_left_out(class_: Class, tmp_path: Path) -> None:
    folder = class_.folder / "s1" / "old_mail"
    folder.mkdir(parents=True)
    (folder / "mail.py").symlink_to(write(tmp_path / "elsewhere.py"))
    report = class_.run()
    assert report.results[1].message.endswith("(expected mail.py). mail.py was left out: it is a link.")
    assert report.notes == ("s1, old_mail: mail.py was left out: it is a link.",)


def test_each_thread_has_one_session_and_all_are_closed(class_: Class) -> None:
    for number in range(12):
        class_.hand_in(f"s{number:02}", "api", "right")
        class_.hand_in(f"s{number:02}", "old_mail", "right")
    class_.run(jobs=3)
    assert 1 <= class_.sessions.made <= 3
    assert class_.sessions.closed == class_.sessions.made


def test_a_slow_submission_holds_up_no_other(class_: Class) -> None:
    others_done = threading.Event()

    def wait_for_the_others(worker: FakeWorker) -> None:
        assert others_done.wait(30)

    class_.sessions.deeds["slow"] = wait_for_the_others
    class_.hand_in("s0", "api", "slow")
    class_.hand_in("s0", "old_mail", "right")
    for number in range(1, 6):
        class_.hand_in(f"s{number}", "api", "right")
        class_.hand_in(f"s{number}", "old_mail", "right")
    batch = class_.batch()

    def look(result: Any, done: int, total: int) -> None:
        if done == total - 1:
            others_done.set()

    batch.on_result = look
    report = run_in_threads(batch, class_.locations(), class_.sessions.make, 2)
    assert len(report.results) == 12


def test_a_session_that_dies_once_is_replaced(class_: Class) -> None:
    died: list[FakeWorker] = []

    def die_once(worker: FakeWorker) -> None:
        if not died:
            died.append(worker)
            raise SessionDied("The session ended with exit code 9.")

    class_.sessions.deeds["shaky"] = die_once
    class_.hand_in("s1", "old_mail", "shaky")
    assert statuses(class_.run())[1] == ("s1", "old_mail", "graded")
    assert class_.sessions.graded == [("s1", "old_mail")] * 2


def test_a_session_that_dies_twice_is_an_error_and_the_batch_goes_on(class_: Class) -> None:
    class_.hand_in("s1", "old_mail", "dies")
    class_.hand_in("s2", "old_mail", "right")
    report = class_.run()
    assert ("s2", "old_mail", "graded") in statuses(report)
    error = report.results[1]
    assert error.status is ResultStatus.ERROR
    assert error.message == "The session ended with exit code 9."
    assert (error.score, error.max_score) == (0.0, 10.0)
    assert {check.status for check in error.checks} == {Status.ERROR}
    assert {check.message for check in error.checks} == {error.message}


def test_a_fault_of_the_grader_is_an_error_with_its_place(class_: Class) -> None:
    class_.hand_in("s1", "old_mail", "breaks")
    error = class_.run().results[1]
    assert error.status is ResultStatus.ERROR
    assert error.message.startswith("The grader failed in fakes.py, line ")
    assert error.message.endswith("LookupError: a fault of the grader.")


def test_a_folder_that_cannot_be_read_is_an_error(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    class_.hand_in("s1", "old_mail", "right")
    locations = class_.locations()

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("grader.submissions.reading.os.open", refuse)
    report = run_in_threads(class_.batch(store=None), locations, class_.sessions.make, 1)
    assert statuses(report) == [("s1", "api", "missing"), ("s1", "old_mail", "error")]
    assert "Permission denied" in report.results[1].message


def test_no_session_at_all_ends_the_batch(class_: Class) -> None:
    def refuse() -> Grades:
        raise CannotGrade("There are no namespaces here.")

    class_.hand_in("s1", "old_mail", "right")
    with pytest.raises(CannotGrade, match="no namespaces"):
        run_in_threads(class_.batch(), class_.locations(), refuse, 1)


# ---- the store


def test_what_has_not_changed_is_not_graded_again(class_: Class) -> None:
    class_.hand_in("s1", "old_mail", "half")
    class_.hand_in("s2", "old_mail", "right")
    first = class_.run()
    class_.hand_in("s2", "old_mail", "broken")
    second = class_.run(seed=8)
    assert class_.sessions.graded == [("s1", "old_mail"), ("s2", "old_mail"), ("s2", "old_mail")]
    cached, new = second.results[1], second.results[3]
    assert (cached.cached, cached.score, cached.seed) == (True, first.results[1].score, 7)
    assert (new.cached, new.score, new.seed) == (False, 0.0, 8)


@pytest.mark.parametrize(
    ("settings", "again"),
    [
        ({}, False),
        ({"seed": 8}, False),
        ({"seed": 8, "seed_is_given": True}, True),
        ({"use_saved": False}, True),
        ({"isolation": Isolation.PORTABLE}, True),
        ({"only": "greets"}, True),
    ],
)
def test_a_result_is_served_only_for_the_same_question(class_: Class, settings: dict[str, Any], again: bool) -> None:
    class_.hand_in("s1", "old_mail", "right")
    class_.run()
    class_.run(**settings)
    assert len(class_.sessions.jobs) == (2 if again else 1)


@pytest.mark.parametrize("changed", ["assignments/old_mail/checks/test_old_mail.py", "starter/old_mail/mail.py"])
def test_changed_checks_are_run_again(class_: Class, changed: str) -> None:
    class_.hand_in("s1", "old_mail", "right")
    class_.run()
    write(class_.course.root / changed, "changed = True")
    class_.run()
    assert len(class_.sessions.jobs) == 2


def test_another_engine_grades_again(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    class_.hand_in("s1", "old_mail", "right")
    class_.run()
    monkeypatch.setattr(batch_module, "engine_key", lambda: "another")
    class_.run()
    assert len(class_.sessions.jobs) == 2


@pytest.mark.parametrize("word", ["dies", "odd"])
def test_errors_are_graded_again(class_: Class, word: str) -> None:
    class_.hand_in("s1", "old_mail", word)
    class_.run()
    before = len(class_.sessions.jobs)
    class_.run()
    assert len(class_.sessions.jobs) == 2 * before


def test_each_result_is_stored_before_the_next_one_is_there(class_: Class) -> None:
    for number in range(3):
        class_.hand_in(f"s{number}", "old_mail", "right")
    batch = class_.batch()
    kept: list[int] = []

    def look(result: Any, done: int, total: int) -> None:
        with Store(class_.store.file) as other:
            kept.append(sum(other.knows(f"s{number}") for number in range(3)))

    batch.on_result = look
    run_in_threads(batch, [at for at in class_.locations() if at.assignment.slug == "old_mail"], class_.sessions.make, 1)
    assert kept == [1, 2, 3]


def test_rubric_points_survive_every_regrade(class_: Class) -> None:
    class_.hand_in("s1", "old_mail", "right")
    class_.run()
    class_.store.enter_points("s1", "old_mail", {"style": 4})
    class_.store.enter_points("s1", "api", {"style": 1})
    for settings in ({}, {"use_saved": False}):
        assert [dict(result.rubric) for result in class_.run(**settings).results] == [{"style": 1}, {"style": 4}]


# ---- Ctrl-C


def test_ctrl_c_keeps_what_was_finished(class_: Class) -> None:
    for student, word in (("s1", "right"), ("s2", "interrupts"), ("s3", "right")):
        class_.hand_in(student, "old_mail", word)
        class_.hand_in(student, "api", "right")
    with pytest.raises(Interrupted) as caught:
        class_.run()
    assert statuses(caught.value.report) == [("s1", "api", "graded"), ("s1", "old_mail", "graded"), ("s2", "api", "graded")]
    assert class_.sessions.closed == class_.sessions.made == 1
    class_.sessions.deeds.pop("interrupts")
    report = class_.run()
    assert [result.cached for result in report.results] == [True, True, True, False, False, False]


def test_after_ctrl_c_the_signals_act_as_before(class_: Class) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    class_.hand_in("s1", "old_mail", "interrupts")
    with pytest.raises(Interrupted):
        class_.run()
    class_.hand_in("s1", "old_mail", "right")
    class_.run()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_batch_in_another_thread_can_be_stopped(class_: Class) -> None:
    class_.hand_in("s1", "old_mail", "waits")
    batch = class_.batch(store=None)

    def stop(worker: FakeWorker) -> None:
        batch.stop.set()
        assert worker.aborted.wait(30)
        raise SessionDied("It was killed.")

    class_.sessions.deeds["waits"] = stop
    with ThreadPoolExecutor(1) as elsewhere:
        run = elsewhere.submit(run_in_threads, batch, class_.locations(), class_.sessions.make, 1)
        assert isinstance(run.exception(60), Interrupted)


# ---- one run, many machines


def test_shards_part_the_work_whoever_asks(class_: Class) -> None:
    for number in range(40):
        class_.hand_in(f"s{number:02}", "old_mail", "right")
    locations = class_.locations()
    parts = [[at for at in locations if in_shard(at, shard, 3)] for shard in (1, 2, 3)]
    assert sorted(id(at) for part in parts for at in part) == sorted(map(id, locations))
    assert all(len(part) > 10 for part in parts)


def test_any_executor_will_do(class_: Class) -> None:
    """Jobs go out as plain values, never more at a time than there are slots."""
    out: list[int] = []

    class Counting(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            out.append(sum(not future.done() for future in futures))
            futures.append(super().submit(fn, *args, **kwargs))
            return futures[-1]

    futures: list[Future[Any]] = []
    for number in range(10):
        class_.hand_in(f"s{number}", "old_mail", "right")

    def grade(job: Job) -> Any:
        return class_.sessions.make().grade(job)

    with Counting(4) as executor:
        report = class_.batch().run(class_.locations(), grade, executor, lambda: 2)
    assert len(report.results) == 20
    assert max(out) < 2


def test_submissions_in_memory_can_be_graded_too(class_: Class) -> None:
    assignment = class_.course.assignment("old_mail")
    submission = Submission("solution", "old_mail", {"mail.py": b"right"}, class_.folder)
    handed: Sequence[Handed] = [ReadBefore(submission, assignment)]
    report = run_in_threads(class_.batch(store=None), handed, class_.sessions.make, 1)
    assert statuses(report) == [("solution", "old_mail", "graded")]
