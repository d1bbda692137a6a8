"""The watch: what its screen shows, which assignment a saved file belongs to, and the way from a save to a new verdict."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader.commands.watch import Broke, NotGraded, Pressed, Saved, Watching, find_locations, saved_slugs
from grader.course.course import load_course
from grader.errors import SessionDied, UsageError
from grader.model import Assignment, CheckResult, Job, Result, Status, Submission
from grader.reports.watch_screen import View, first_failure, screen
from tests.fakes import make_course, result_of, write

SECONDS = 60.0
"""Deadline of whatever a test waits for."""


@pytest.fixture
def mail(course_root: Path) -> Assignment:
    return load_course(course_root).assignment("old_mail")


def graded(assignment: Assignment, word: str) -> Result:
    return result_of(Job(Submission("me", assignment.slug, {}, Path()), assignment, seed=7), {word})


def failed(check: CheckResult, happened: str = "it said nothing", hint: str = "Print it.") -> CheckResult:
    return replace(check, status=Status.FAILED, score=0.0, did="We ran it", expected="hello", happened=happened, hint=hint)


def drawn(view: View, width: int = 80, height: int = 24) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    return screen(view, console).splitlines()


# ---- the screen


def test_the_screen_shows_the_first_failure_in_full_and_the_others_in_one_line(mail: Assignment) -> None:
    result = graded(mail, "broken")
    result = replace(result, checks=(failed(result.checks[0]), failed(result.checks[1], happened="it said too much")))
    lines = drawn(View(mail, result, complete=True, running=False, at="14:05:09", keys=True))
    assert lines[0] == "Old Mail (old_mail) · 14:05:09"
    assert lines[1].startswith("✗✗ 0 of 10 points")
    text = "\n".join(lines)
    assert "it said nothing" in text and "it said too much" not in text
    assert "Again: grader run old_mail -k greets --seed 7" in text
    assert lines[-1] == "h hint · a all checks · q quit"


def test_the_hint_is_shown_when_it_is_asked_for(mail: Assignment) -> None:
    result = graded(mail, "half")
    result = replace(result, checks=(result.checks[0], failed(result.checks[1])))
    view = View(mail, result, complete=True, keys=True)
    assert "Print it." not in "\n".join(drawn(view))
    assert [line for line in drawn(replace(view, hint=True)) if line.startswith("Hint:") and "Print it." in line]
    assert "Print it." not in "\n".join(drawn(replace(view, all=True)))
    assert "Print it." in "\n".join(drawn(replace(view, all=True, hint=True)))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 12), (130, 20)])
def test_the_screen_is_never_higher_than_the_terminal_and_keeps_its_last_line(mail: Assignment, width: int, height: int) -> None:
    result = graded(mail, "broken")
    result = replace(result, checks=tuple(failed(check, "many words " * 200, "and a hint " * 8) for check in result.checks))
    lines = drawn(View(mail, result, complete=True, keys=True, hint=True), width, height)
    assert sum(max(1, -(-len(line) // width)) for line in lines) <= height
    assert "more lines" in "\n".join(lines) and lines[-1].endswith("q quit")


def test_all_checks_are_shown_with_their_titles(mail: Assignment) -> None:
    text = "\n".join(drawn(View(mail, graded(mail, "half"), complete=True, all=True, keys=True)))
    assert "✓ passed" in text and "✗ failed" in text and "a first failure only" in text


@pytest.mark.parametrize("all_checks", [False, True])
def test_commands_name_the_folder_that_is_watched(mail: Assignment, all_checks: bool) -> None:
    view = View(mail, graded(mail, "half"), complete=True, all=all_checks, where="--path my-work")
    assert "grader run old_mail -k says_goodbye --seed 7 --path my-work" in "\n".join(drawn(view, width=120))


def test_full_marks_are_told_and_a_hidden_check_is_not_named(mail: Assignment) -> None:
    assert "All checks passed." in "\n".join(drawn(View(mail, graded(mail, "right"), complete=True)))
    result = graded(mail, "half")
    hidden = replace(result, checks=(result.checks[0], replace(result.checks[1], hidden=True)))
    assert first_failure(hidden) is None
    text = "\n".join(drawn(View(mail, hidden, complete=True)))
    assert "says_goodbye" not in text and "run by your instructor" in text


def test_what_is_not_known_yet_is_not_shown(mail: Assignment) -> None:
    assert drawn(View(mail))[0].endswith("running…")
    assert "The session died." in "\n".join(drawn(View(mail, sentence="The session died.")))
    part = replace(graded(mail, "broken"), checks=graded(mail, "broken").checks[:1])
    text = "\n".join(drawn(View(mail, part)))
    assert "fails again" in text and "points ·" not in text


# ---- which files


def test_the_files_of_an_assignment_are_those_of_its_folder_and_of_the_kind_that_is_handed_in(course_root: Path) -> None:
    me = course_root.parent / "me"
    write(me / "old_mail" / "mail.py")
    write(me / "api" / "server.py")
    locations = find_locations(load_course(course_root), None, me)
    assert {location.assignment.slug for location in locations} == {"old_mail", "api"}
    assert saved_slugs([str(me / "old_mail" / "helper.py")], locations) == ("old_mail",)
    assert saved_slugs([str(me / "old_mail" / name) for name in ("mail.db", "notes.txt")], locations) == ()
    assert saved_slugs([str(me / "elsewhere.py")], locations) == ()


def test_the_assignment_that_was_saved_last_comes_first(course_root: Path) -> None:
    me = course_root.parent / "me"
    for number, file in enumerate([me / "api" / "server.py", me / "old_mail" / "mail.py"]):
        os.utime(write(file), (number, number))
    course = load_course(course_root)
    assert [location.assignment.slug for location in find_locations(course, None, me)] == ["old_mail", "api"]
    assert [location.assignment.slug for location in find_locations(course, "api", me)] == ["api"]


def test_a_folder_without_a_submission_is_wrong_usage(course_root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="--path DIR"):
        find_locations(load_course(course_root), None, tmp_path / "empty")


# ---- from an event to a view


class Bench:
    """A watch on one file, with a grader that only pretends; `saves(word)` is followed until its verdict is complete."""

    def __init__(self, root: Path) -> None:
        self.jobs: list[Job] = []
        self.views: list[View] = []
        self.me = root / "me"
        self.file = write(self.me / "old_mail" / "mail.py", "right")
        self.grade: Callable[[Job], Result] = self._pretend
        self._then: list[Callable[[], None]] = []
        locations = find_locations(load_course(make_course(root / "course")), "old_mail", self.me)
        self.watching = Watching(locations, lambda job: self.grade(job), 7, self._seen, keys=True)

    def _pretend(self, job: Job) -> Result:
        self.jobs.append(job)
        return result_of(job, {content.decode() for content in job.submission.files.values()})

    def _seen(self, view: View) -> None:
        self.views.append(view)
        if not view.running and self._then:
            self._then.pop(0)()
        elif not view.running:
            self.watching.events.put(Pressed("q"))

    def saves(self, *words: str) -> None:
        self._then = [lambda word=word: self._save(word) for word in words]  # type: ignore[misc]
        self._then.pop(0)()
        with ThreadPoolExecutor(1) as executor:
            self.watching.run(executor)

    def _save(self, word: str) -> None:
        self.file.write_text(word)
        self.watching.events.put(Saved(("old_mail",)))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_check_that_failed_is_run_first_and_shown_before_the_others_have_run(bench: Bench) -> None:
    bench.saves("half", "half")
    assert [job.only for job in bench.jobs] == ["", "says_goodbye", ""]
    shown = [(view.complete, first_failure(view.result)) for view in bench.views if view.result]
    assert [complete for complete, _ in shown][-2:] == [False, True]
    assert {check.id for _, check in shown if check} == {"says_goodbye"}


def test_checks_that_failed_and_now_pass_are_followed_by_all(bench: Bench) -> None:
    bench.saves("broken", "right")
    assert [job.only for job in bench.jobs] == ["", "greets", "says_goodbye", ""]
    assert bench.views[-1].result and bench.views[-1].result.passed_everything
    assert not [view for view in bench.views if view.result and not view.complete]


def test_every_run_of_one_watch_has_the_same_data(bench: Bench) -> None:
    bench.saves("half", "right", "half")
    assert {job.seed for job in bench.jobs} == {7}


def test_a_submission_that_cannot_be_graded_is_told_and_the_watch_goes_on(bench: Bench) -> None:
    def dies(job: Job) -> Result:
        bench.grade = bench._pretend
        raise SessionDied("The session ended.")

    bench.grade = dies
    bench.saves("right", "right")
    assert "The session ended." in [view.sentence for view in bench.views]
    assert bench.views[-1].complete and not bench.views[-1].sentence


def test_an_assignment_without_files_is_told(bench: Bench) -> None:
    bench.file.unlink()
    bench.watching.events.put(Saved(("old_mail",)))
    with ThreadPoolExecutor(1) as executor:
        bench.watching.run(executor)
    assert "expected mail.py" in bench.views[-1].sentence and not bench.jobs


def test_keys_change_the_view_and_others_do_nothing(bench: Bench) -> None:
    for key in "hax":
        bench.watching.events.put(Pressed(key))
    with ThreadPoolExecutor(1) as executor:
        bench.watching.run(executor)
    assert [(view.hint, view.all) for view in bench.views] == [(True, False), (True, True)]


@pytest.mark.parametrize("error", [LookupError("a fault of the grader"), KeyboardInterrupt()])
def test_a_thread_that_breaks_ends_the_watch(bench: Bench, error: BaseException) -> None:
    bench.watching.events.put(NotGraded("old_mail", "first this"))
    bench.watching.events.put(Broke(error))
    with ThreadPoolExecutor(1) as executor, pytest.raises(type(error)):
        bench.watching.run(executor)


# ---- the real command


CHECKS = '''
from grader.checks import check

@check(hint="Use print.")
def test_greets(student):
    """Says hello"""
    student.run("mail.py").expect_exit(0).expect_line("hello")

@check(hint="Use print twice.")
def test_says_goodbye(student):
    """Says goodbye"""
    student.run("mail.py").expect_line("goodbye")
'''


class Terminal:
    """`grader watch` on a pseudo-terminal of 80x24."""

    def __init__(self, course: Path, me: Path, terminal: bool = True) -> None:
        self.output = ""
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", "watch", "--course", str(course), "--path", str(me)],
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        os.close(theirs)

    def wait_for(self, text: str) -> None:
        """Wait until `text` has come since the last match."""
        until = time.monotonic() + SECONDS
        while text not in self.output:
            ready, _, _ = select.select([self._ours], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"{text!r} never came, but: {self.output[-2000:]}"
            self.output += self._read()
        self.output = self.output.partition(text)[2]

    def _read(self) -> str:
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:  # Linux's end of file on a pseudo-terminal
            data = b""
        assert data, f"the watch has ended: {self.output[-2000:]}"
        return data.decode("utf-8", "replace")

    def press(self, key: str) -> None:
        os.write(self._ours, key.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    """A course that is really graded, and a student's folder with one check that fails."""
    tmp_path.chmod(0o755)
    course = make_course(tmp_path / "course")
    write(course / "assignments" / "old_mail" / "checks" / "test_old_mail.py", CHECKS)
    write(tmp_path / "me" / "old_mail" / "mail.py", "print('hello')")
    return course, tmp_path / "me"


@pytest.fixture
def terminal(place: tuple[Path, Path]) -> Iterator[Terminal]:
    opened = Terminal(*place)
    yield opened
    opened.close()


def test_a_save_brings_a_new_verdict_and_keys_are_heard(terminal: Terminal, place: tuple[Path, Path]) -> None:
    file = place[1] / "old_mail" / "mail.py"
    terminal.wait_for("✓✗ 6 of 10 points")
    terminal.wait_for("Says goodbye")
    terminal.press("h")
    terminal.wait_for("Use print twice.")
    file.write_text("print('hello')\nprint('goodbye')\n")
    terminal.wait_for("All checks passed.")
    half_written = file.with_name("mail.py.new")  # as editors save: a new file takes the place of the old one
    half_written.write_text("print('goodbye')\n")
    half_written.replace(file)
    terminal.wait_for("✗✓ 4 of 10 points")
    terminal.press("q")
    assert terminal.process.wait(SECONDS) == 0


def test_ctrl_c_ends_the_watch_where_there_are_no_keys(place: tuple[Path, Path]) -> None:
    opened = Terminal(*place, terminal=False)
    try:
        opened.wait_for("✓✗ 6 of 10 points")
        opened.wait_for("Ctrl-C ends")
        opened.process.send_signal(signal.SIGINT)
        assert opened.process.wait(SECONDS) == 130
    finally:
        opened.close()
