"""The command `grader watch`: grade an assignment again each time one of its files is saved, and keep the outcome on one screen.

How a check is run is the session's matter (`worker`), how the screen looks is `reports.watch_screen`'s. Nothing is kept in
the store: a student who tries things out is not handing them in.
"""

from __future__ import annotations

import os
import secrets
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from queue import SimpleQueue

import watchfiles
from rich.console import Console

from grader.course.course import Course
from grader.errors import ExitCode, GraderError, UsageError
from grader.grading.worker import Worker
from grader.grading.workers import Workers
from grader.model import CheckResult, Job, Result
from grader.reports.watch_screen import NOT_PASSED, View, first_failure, screen
from grader.reports.wording import path_option
from grader.sandbox.probe import probe
from grader.submissions.finding import Location, find_own

QUIET_MILLISECONDS = 50
"""A save is over when nothing has changed for so long: editors write, rename and touch within a few milliseconds."""
LOOK_MILLISECONDS = 100
"""How often the watcher comes back with nothing; the first time it does, it is known to be listening."""


@dataclass(frozen=True)
class Saved:
    """Files of these assignments were saved."""

    slugs: tuple[str, ...]


@dataclass(frozen=True)
class Pressed:
    key: str


@dataclass(frozen=True)
class Graded:
    """A result; while it is not `complete` it holds one check that failed last time and does so again."""

    slug: str
    result: Result
    complete: bool


@dataclass(frozen=True)
class NotGraded:
    """There is no result, for the reason in this sentence."""

    slug: str
    sentence: str


@dataclass(frozen=True)
class Broke:
    """A thread ended by this exception: the watch must end, too."""

    error: BaseException


Event = Saved | Pressed | Graded | NotGraded | Broke
Events = SimpleQueue[Event]


class Watching:
    """The events of one watch, taken one after the other by `run`; one grading at a time, on a thread of its own."""

    def __init__(
        self,
        locations: Sequence[Location],
        grade: Callable[[Job], Result],
        seed: int,
        show: Callable[[View], None],
        keys: bool = False,
        where: str = "",
    ) -> None:
        self.events: Events = SimpleQueue()
        self._locations = {location.assignment.slug: location for location in locations}
        self._grade = grade
        self._seed = seed
        self._show = show
        self._keys = keys
        self._where = where
        self._last: dict[str, Result] = {}
        self._waiting: list[str] = []
        self._running = ""

    def run(self, executor: ThreadPoolExecutor) -> None:
        """Take events until `q` is pressed. Raises what broke a thread."""
        view = View(next(iter(self._locations.values())).assignment, running=False, where=self._where, keys=self._keys)
        while True:
            match self.events.get():
                case Pressed("q"):
                    return
                case Pressed("h"):
                    view = replace(view, hint=not view.hint)
                case Pressed("a"):
                    view = replace(view, all=not view.all)
                case Pressed():
                    continue
                case Saved(slugs):
                    self._waiting += [slug for slug in slugs if slug not in self._waiting]
                case Graded(slug, result, complete):
                    hint = view.hint and _id(first_failure(result)) == _id(first_failure(view.result))
                    view = replace(view, result=result, complete=complete, sentence="", at=_now(), hint=hint)
                    if complete:
                        self._last[slug], self._running = result, ""
                case NotGraded(_, sentence):
                    view = replace(view, result=None, complete=False, sentence=sentence, at=_now(), hint=False)
                    self._running = ""
                case Broke(error):
                    raise error
            if self._waiting and not self._running:
                view = self._start(self._waiting.pop(0), view, executor)
            self._show(replace(view, running=bool(self._running)))

    def _start(self, slug: str, view: View, executor: ThreadPoolExecutor) -> View:
        self._running = slug
        executor.submit(self._grade_in_thread, self._locations[slug], self._last.get(slug))
        if slug == view.assignment.slug:
            return view
        last = self._last.get(slug)
        return replace(view, assignment=self._locations[slug].assignment, result=last, complete=True, sentence="", hint=False)

    def _grade_in_thread(self, location: Location, last: Result | None) -> None:
        """Grade what was saved: first the checks that failed last time, until one fails again, then all."""
        slug, assignment = location.assignment.slug, location.assignment
        try:
            submission = location.read()
            if not any(name in submission.files for name in assignment.files):
                expected = ", ".join(assignment.files)
                self.events.put(
                    NotGraded(slug, f"There is no file of this assignment in {location.folder} (expected {expected}).")
                )
                return
            job = Job(submission, assignment, self._seed)
            for check in last.checks if last else ():
                if check.status in NOT_PASSED:
                    part = self._grade(replace(job, only=check.id))
                    if any(now.id == check.id and now.status in NOT_PASSED for now in part.checks):
                        self.events.put(Graded(slug, part, complete=False))
                        break
            self.events.put(Graded(slug, self._grade(job), complete=True))
        except CancelledError:
            pass  # the watch has ended
        except GraderError as error:
            self.events.put(NotGraded(slug, str(error)))
        except BaseException as error:
            self.events.put(Broke(error))


def watch(course: Course, slug: str | None, path: Path | None) -> int:
    """Grade again whatever is saved, in `path` or else in this folder, until `q` or Ctrl-C; return the exit code.

    Begins with the assignment that was saved last. Raises UsageError for a folder without a submission.
    """
    locations = find_locations(course, slug, path or Path.cwd())
    capability = probe()
    console = Console()
    keys = console.is_terminal and sys.stdin.isatty() and os.name == "posix"
    workers = Workers(lambda: Worker(course.root, capability))
    seed, where = secrets.randbelow(2**31), path_option(path)
    watching = Watching(locations, workers.grade, seed, lambda view: _draw(view, console), keys, where)
    with ThreadPoolExecutor(1, thread_name_prefix="grade") as executor:
        try:
            with _files_watched(locations, watching.events), _keys_read(watching.events, keys):
                watching.run(executor)
        finally:
            workers.abort()
            executor.shutdown(wait=True, cancel_futures=True)
            workers.close()
            console.print()
    return ExitCode.DONE


def find_locations(course: Course, slug: str | None, folder: Path) -> list[Location]:
    """Return where one student's files lie, those that were saved last first. Raises UsageError if there are none."""
    selected = course.select([slug] if slug else [])
    found = find_own(folder, course.assignments, selected)
    here = [location for location in found.locations if location.below is not None]
    if not here:
        reasons = " ".join(found.notes) or f"{folder} has no files of {slug or 'an assignment'}."
        raise UsageError(f"{reasons} Go to the folder that has, or name it with --path DIR.")
    return sorted(here, key=_saved_at, reverse=True)


def _saved_at(location: Location) -> float:
    """Return the time of the last change to a file of the assignment, in seconds since 1970; 0 without files."""
    files = [location.folder / name for name in location.assignment.files]
    return max((file.lstat().st_mtime for file in files if os.path.lexists(file)), default=0.0)


def saved_slugs(paths: Sequence[str], locations: Sequence[Location]) -> tuple[str, ...]:
    """Return the assignments that the changed files belong to, by their folder and by the kind of file that is handed in."""
    slugs: Mapping[str, None] = {
        location.assignment.slug: None
        for path in paths
        for location in locations
        if Path(path).is_relative_to(location.folder)
        and Path(path).suffix in {PurePosixPath(name).suffix for name in location.assignment.files}
    }
    return tuple(slugs)


@contextmanager
def _files_watched(locations: Sequence[Location], events: Events) -> Iterator[None]:
    """Put an event for each save; the first one, for the first location, when the watcher listens."""
    stop = threading.Event()

    def listen() -> None:
        try:
            events_of_files = watchfiles.watch(
                *(location.folder for location in locations),
                step=QUIET_MILLISECONDS,
                rust_timeout=LOOK_MILLISECONDS,
                yield_on_timeout=True,
                stop_event=stop,
            )
            slugs: tuple[str, ...] = (locations[0].assignment.slug,)
            for changes in events_of_files:
                slugs = tuple(dict.fromkeys((*slugs, *saved_slugs([path for _, path in changes], locations))))
                if slugs:
                    events.put(Saved(slugs))
                slugs = ()
        except BaseException as error:
            events.put(Broke(error))

    thread = threading.Thread(target=listen, name="files")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _keys_read(events: Events, wanted: bool) -> Iterator[None]:
    """Put an event for each key, without waiting for Enter; at the end the terminal is as it was."""
    if not wanted:
        yield
        return
    import termios
    import tty

    keyboard = sys.stdin.fileno()
    mode = termios.tcgetattr(keyboard)
    wake_up, woken = os.pipe()

    def listen() -> None:
        while wake_up not in (ready := select.select([keyboard, wake_up], [], [])[0]):
            key = os.read(keyboard, 1) if ready else b""
            if not key:
                return
            events.put(Pressed(key.decode("ascii", "replace").lower()))

    tty.setcbreak(keyboard)
    thread = threading.Thread(target=listen, name="keys")
    thread.start()
    try:
        yield
    finally:
        os.close(woken)
        thread.join()
        os.close(wake_up)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, mode)


def _draw(view: View, console: Console) -> None:
    text = screen(view, console)
    if console.is_terminal and not console.is_dumb_terminal:
        console.clear()
        console.file.write(text)
    else:
        console.file.write(text + "\n\n")
    console.file.flush()


def _id(check: CheckResult | None) -> str:
    return check.id if check else ""


def _now() -> str:
    return time.strftime("%H:%M:%S")
