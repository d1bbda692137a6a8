"""The command `grader replay`: one failed check again, with the same data, while a person starts the program by hand.

How a program is started by hand is in `sandbox.by_hand`; what a check does is the check's. Nothing is kept or graded here.
"""

from __future__ import annotations

import difflib
import functools
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.checks.job import JobContext
from grader.checks.plugin import GradingPlugin
from grader.course.course import Course
from grader.errors import CannotGrade, ExitCode, UsageError
from grader.events.transcript import Transcript
from grader.grading import session
from grader.grading.runner import Runner
from grader.model import Assignment, CheckResult, Entry, Job, Status, Submission
from grader.reports.text import clip, inert
from grader.reports.transcript_view import rows
from grader.reports.wording import SYMBOLS, facts, plain
from grader.sandbox.by_hand import ByHand, Terminal, Way
from grader.servers.catalogue import addresses
from grader.servers.loop import LoopThread
from grader.submissions.finding import find_own

NOT_SEEN = "What your program printed was not seen here"
_LARGEST_SEED = 2**31 - 1
_TEXT_SHOWN = 2000
_ROW_SHOWN = 100


@dataclass(frozen=True)
class ReplayId:
    """Which check, and with which data: `echo/client_prints_the_echo/42`, with the code of a generated scenario behind it."""

    assignment: Assignment
    check_id: str
    seed: int
    scenario: str = ""


def parse_id(text: str, course: Course) -> ReplayId:
    """Read what a report printed behind `grader replay`. Raises UsageError."""
    found = re.fullmatch(r"([^/\s]+)/([^/\s]+)/([0-9]{1,10})(?:/([A-Za-z0-9_-]{3,10000}))?", text)
    if not found or int(found[3]) > _LARGEST_SEED:
        raise UsageError(f"{text!r} is no id such as echo/client_prints_the_echo/42: copy one from a report.")
    assignment = course.assignment(found[1])
    known = [check.id for check in assignment.checks]
    if found[2] not in known:
        near = difflib.get_close_matches(found[2], known, n=1) or known
        raise UsageError(f"{assignment.slug} has no check {found[2]!r} here. There is: {', '.join(near)}.")
    return ReplayId(assignment, found[2], int(found[3]), found[4] or "")


def replay(course: Course, text: str, path: Path | None, way: Way) -> int:
    """Run the check that `text` names on the files in `path` (else: in this folder), and return the exit code.

    Raises UsageError for an id or a folder that cannot be, KeyboardInterrupt after Ctrl-C, when all has been cleared away.
    """
    wanted = parse_id(text, course)
    submission = _read(course, wanted.assignment, path or Path.cwd())
    with _own_terminal() as screen, tempfile.TemporaryDirectory(prefix="replay-") as scratch:
        screen.say(f"{wanted.assignment.slug}: {wanted.check_id}, seed {wanted.seed}. Your files: {submission.origin}")
        confinement = ByHand(Path(scratch).resolve(), submission.origin, way, screen.terminal, addresses())
        loop = LoopThread()
        loop.start()
        try:
            check = _run(course, wanted, submission, confinement, loop, screen)
        finally:
            loop.close()
            confinement.close()
        return _tell(check, confinement.output_was_seen, screen)


def _read(course: Course, assignment: Assignment, folder: Path) -> Submission:
    location, *_ = find_own(folder, course.assignments, [assignment]).locations
    submission = location.read()
    if not submission.files:
        raise UsageError(f"{folder} has no files of {assignment.slug}: go to the folder that has, or name it with --path DIR.")
    return submission


def _run(
    course: Course, wanted: ReplayId, submission: Submission, confinement: ByHand, loop: LoopThread, screen: _Screen
) -> CheckResult:
    """Run the one check, without those it needs, and with time enough for a person."""
    assignment = replace(wanted.assignment, limits=wanted.assignment.limits.for_a_person())
    job = Job(submission, assignment, wanted.seed, only=wanted.check_id)
    given = session.read_given(course.root / "starter" / assignment.slug, assignment.files)
    transcript = functools.partial(_LiveTranscript, screen)
    context = JobContext(job, confinement, loop, given, wanted.check_id, wanted.scenario, new_transcript=transcript)
    plugin = _ReplayPlugin(context)
    with _interruptible(confinement), Runner(assignment.folder / "checks", plugin) as runner:
        report = runner.run()
    if plugin.was_interrupted:
        raise KeyboardInterrupt
    found = session.checks_in(report)
    if not found:
        raise CannotGrade(f"The check {wanted.check_id} of {assignment.slug} could not be run; `grader run` tells why.")
    return found[0]


class _ReplayPlugin(GradingPlugin):
    """Knows of Ctrl-C, which pytest keeps to itself."""

    was_interrupted = False

    def pytest_keyboard_interrupt(self) -> None:
        self.was_interrupted = True


@contextmanager
def _interruptible(confinement: ByHand) -> Iterator[None]:
    """Leave Ctrl-C to a debugger that runs on this terminal."""

    def on_interrupt(number: int, frame: Any) -> None:
        if not confinement.is_debugging:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(check: CheckResult, output_was_seen: bool, screen: _Screen) -> int:
    """Say how the check ended, and return the exit code."""
    screen.say("")
    if check.status is Status.PASSED:
        screen.say(f"{SYMBOLS[check.status]} passed: {check.title}")
        if not output_was_seen:
            screen.say(f"{NOT_SEEN}.")
        return ExitCode.DONE
    if check.status is not Status.FAILED:
        screen.say(f"{SYMBOLS[check.status]} {check.status}: {check.message}")
        return ExitCode.NOT_GRADED
    judged = output_was_seen
    screen.say(f"{SYMBOLS[check.status]} failed: {check.title}" if judged else f"No verdict: {check.title}")
    for label, text in facts(check):
        screen.say(f"  {label}: {text}")
    if check.place:
        screen.say(f"  Your line: {check.place.file}:{check.place.line} {check.place.source.strip()}")
    if check.hint.strip():
        screen.say(f"  Hint: {check.hint}")
    if not judged:
        screen.say(f"{NOT_SEEN}: compare it yourself with what was expected.")
    return ExitCode.FAILED if judged else ExitCode.NOT_GRADED


class _LiveTranscript(Transcript):
    """Shows every entry as it is recorded."""

    def __init__(self, screen: _Screen, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._screen = screen
        self._first = time.monotonic()
        self._program: list[Entry] = []

    def record(self, who: str, what: str, data: bytes = b"", take: Callable[[], bool] | None = None) -> bool:
        if not super().record(who, what, data, take):
            return False
        entry = Entry(time.monotonic() - self._first, who, what, data, len(data))
        if what.startswith("started: "):
            self._program = [entry]
        row = rows([entry] if entry in self._program else [*self._program, entry])[-1]
        text = f": {row.text(_ROW_SHOWN)}" if row.size else ""
        self._screen.say(f"{row.at:8.3f} s  {row.parties}  {row.what}{text}")
        return True


class _Screen:
    """The person's terminal, whatever is done to standard output meanwhile; several threads write to it."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
        self._lock = threading.Lock()
        self._ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        self.terminal = Terminal(os.dup(0), os.dup(1), os.dup(2), self.say)

    def say(self, text: str) -> None:
        shown = plain(clip(inert(text), _TEXT_SHOWN), self._ascii_only)
        with self._lock, suppress(BrokenPipeError):
            self._out.write(shown + "\n")
            self._out.flush()

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._out.close()
        for stream in (self.terminal.stdin, self.terminal.stdout, self.terminal.stderr):
            os.close(stream)


@contextmanager
def _own_terminal() -> Iterator[_Screen]:
    """The screen; at the end the terminal is as it was, however a debugger has left it."""
    import termios

    screen = _Screen()
    stdin = screen.terminal.stdin
    mode = termios.tcgetattr(stdin) if os.isatty(stdin) else None
    try:
        yield screen
    finally:
        if mode is not None:
            with suppress(termios.error):
                termios.tcsetattr(stdin, termios.TCSADRAIN, mode)
        screen.close()
