"""A class of submissions, graded: jobs on an executor, results into the store as they come, a report in the end.

Which submissions there are is `submissions`' matter, how one is graded the session's. Nothing is printed in here.
"""

from __future__ import annotations

import hashlib
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader import __version__
from grader.course.course import check_titles
from grader.course.keys import engine_key, files_key
from grader.errors import CannotGrade, GraderError
from grader.grading.store import Store, now
from grader.grading.workers import Grades, Workers
from grader.model import Assignment, CheckResult, Isolation, Job, Report, Result, ResultStatus, Status, Submission
from grader.submissions.reading import submission_key

LOOK_SECONDS = 0.2
"""How long Ctrl-C may go unnoticed."""


class Handed(Protocol):
    """What may be handed to a batch: a `submissions.Location`, or a submission that was read before."""

    @property
    def student(self) -> str: ...
    @property
    def assignment(self) -> Assignment: ...
    def read(self) -> Submission: ...


@dataclass(frozen=True)
class ReadBefore:
    """A submission in memory."""

    submission: Submission
    assignment: Assignment

    @property
    def student(self) -> str:
        return self.submission.student

    def read(self) -> Submission:
        return self.submission


class Interrupted(Exception):
    """Ctrl-C: `report` holds what was finished by then."""

    def __init__(self, report: Report) -> None:
        super().__init__("interrupted")
        self.report = report


@dataclass
class Batch:
    """How a class is graded, and what is known of it so far. One batch is run once."""

    isolation: Isolation
    isolation_reason: str
    seed: int
    seed_is_given: bool = False
    """Whether somebody asked for this seed: then only results with it are served from the store."""
    only: str = ""
    until_one_fails: bool = False
    """Skip the checks after the first that failed. Such results are not for a store: nothing tells them from whole ones."""
    store: Store | None = None
    use_saved: bool = True
    """Serve results from the store where nothing has changed."""
    notes: Sequence[str] = ()
    on_start: Callable[[Job], None] = lambda job: None
    on_result: Callable[[Result, int, int], None] = lambda result, done, total: None
    """Called with a result, the number of results so far, and the number there will be."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set it, from a signal handler or another thread, to end the batch at the next safe moment."""

    _results: dict[tuple[str, str], Result] = field(default_factory=dict, init=False)
    _problems: list[str] = field(default_factory=list, init=False)
    _total: int = field(default=0, init=False)
    _files_keys: dict[str, str] = field(default_factory=dict, init=False)

    def run(
        self, handed: Sequence[Handed], grade: Callable[[Job], Result], executor: Executor, slots: Callable[[], int]
    ) -> Report:
        """Grade all that was handed in, with `grade` on `executor`. `slots` is asked, when a job waits, how many may be out now.

        The executor may be any of `concurrent.futures`' kind, that of a cluster too: a `Job` goes out, a `Result` comes back.
        Raises Interrupted on Ctrl-C, CannotGrade when no session can be had here.
        """
        self._total = len(handed)
        began, started_at = time.monotonic(), now()
        run = self.store.begin_run(self.isolation, self.seed, len(handed)) if self.store else 0
        interrupted = False
        try:
            self._run(handed, grade, executor, slots)
        except KeyboardInterrupt:
            interrupted = True
        report = Report(
            results=tuple(self._with_rubric(result) for _, result in sorted(self._results.items())),
            isolation=self.isolation,
            isolation_reason=self.isolation_reason,
            started_at=started_at,
            finished_at=now(),
            wall_seconds=round(time.monotonic() - began, 2),
            grader=__version__,
            notes=(*self.notes, *sorted(self._problems)),
        )
        if interrupted:
            raise Interrupted(report)
        if self.store:
            self.store.end_run(run)
        return report

    def _run(
        self, handed: Sequence[Handed], grade: Callable[[Job], Result], executor: Executor, slots: Callable[[], int]
    ) -> None:
        out: dict[Future[Result], tuple[Job, str]] = {}
        try:
            for one in handed:
                self._heed_stop()
                job_and_key = self._prepare(one)
                if job_and_key is None:
                    continue
                while len(out) >= slots():
                    self._take_finished(out)
                self.on_start(job_and_key[0])
                out[executor.submit(grade, job_and_key[0])] = job_and_key
            while out:
                self._take_finished(out)
        finally:
            for future in out:
                future.cancel()
            for future in [future for future in out if not future.cancelled() and future.done()]:
                self._take(future, out)

    def _prepare(self, handed: Handed) -> tuple[Job, str] | None:
        """Read a submission; return its job, or None if its result is known without a session."""
        assignment = handed.assignment
        try:
            submission = handed.read()
        except GraderError as error:
            self._keep("", self._without_session(handed.student, assignment, ResultStatus.ERROR, str(error)))
            return None
        about = f"{submission.student}, {assignment.slug}"
        self._problems += [f"{about}: {problem}" for problem in submission.problems]
        key = self._key(submission, assignment)
        if not any(name in submission.files for name in assignment.files):
            message = " ".join((_missing(assignment), *submission.problems))
            self._keep(key, self._without_session(submission.student, assignment, ResultStatus.MISSING, message))
            return None
        saved = self.store.saved(submission.student, assignment.slug, key) if self.store and self.use_saved else None
        if saved:
            self._finish(saved)
            return None
        return Job(submission, assignment, self.seed, self.only, self.until_one_fails), key

    def _key(self, submission: Submission, assignment: Assignment) -> str:
        """Return what a result depends on: the student's files, the assignment's, the engine, and how it was asked for."""
        if assignment.slug not in self._files_keys:
            self._files_keys[assignment.slug] = files_key(assignment)
        seed = str(self.seed) if self.seed_is_given else ""
        parts = [
            submission_key(submission.files),
            self._files_keys[assignment.slug],
            engine_key(),
            self.isolation,
            self.only,
            seed,
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _take_finished(self, out: dict[Future[Result], tuple[Job, str]]) -> None:
        """Wait for a result, but not for long: the caller comes back as long as it needs more."""
        self._heed_stop()
        finished, _ = wait(out, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in finished:
            self._take(future, out)

    def _heed_stop(self) -> None:
        if self.stop.is_set():
            raise KeyboardInterrupt

    def _take(self, future: Future[Result], out: dict[Future[Result], tuple[Job, str]]) -> None:
        """Keep the result of a future that is done, then forget the future: an interruption in between loses nothing."""
        job, key = out[future]
        try:
            result = future.result()
        except (CancelledError, CannotGrade):
            raise
        except Exception as error:
            message = str(error) if isinstance(error, GraderError) else _fault(error)
            result = self._without_session(job.submission.student, job.assignment, ResultStatus.ERROR, message)
        self._keep(key, result)
        del out[future]

    def _keep(self, key: str, result: Result) -> None:
        if self.store:
            self.store.save(key, result)
        self._finish(result)

    def _finish(self, result: Result) -> None:
        self._results[result.student, result.assignment] = result
        self.on_result(result, len(self._results), self._total)

    def _with_rubric(self, result: Result) -> Result:
        return self.store.with_rubric(result) if self.store else result

    def _without_session(self, student: str, assignment: Assignment, status: ResultStatus, message: str) -> Result:
        """Return the result of a submission that was not run: no points, and the reason at every check."""
        titles = check_titles(assignment)
        checks = tuple(
            CheckResult(
                id=check.id,
                title=titles[check.id],
                status=Status.FAILED if status is ResultStatus.MISSING else Status.ERROR,
                score=0.0,
                max_score=float(check.points),
                message=message,
                hidden=check.hidden,
            )
            for check in assignment.checks
            if self.only in check.id
        )
        most = float(sum(check.max_score for check in checks))
        return Result(student, assignment.slug, status, 0.0, most, checks, self.isolation, message, seed=self.seed)


def _fault(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" in {Path(frame.filename).name}, line {frame.lineno}" for frame in place)
    return f"The grader failed{where}: {type(error).__name__}: {error}."


def _missing(assignment: Assignment) -> str:
    return f"No file of this assignment was handed in (expected {', '.join(assignment.files)})."


def run_in_threads(
    batch: Batch,
    handed: Sequence[Handed],
    make_worker: Callable[[], Grades],
    jobs: int,
    slots: Callable[[], int] | None = None,
) -> Report:
    """Run `batch` on `jobs` threads of this process, and end the workers' sessions whatever happens. Ctrl-C is heeded.

    `slots` tells how many of the threads may have a job just now; without it, all of them. A thread has its session from its
    first job on.
    """
    workers = Workers(make_worker)
    with stopped_by_signals(batch.stop), ThreadPoolExecutor(jobs, thread_name_prefix="grade") as executor:
        try:
            return batch.run(handed, workers.grade, executor, slots or (lambda: jobs))
        except BaseException:
            workers.abort()
            raise
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
            workers.close()


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) set `stop`, so that it breaks into no write; a second one acts as it did before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def heed(number: int, frame: object) -> None:
        stop.set()
        restore()

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, heed)
    try:
        yield
    finally:
        restore()


def in_shard(handed: Handed, shard: int, shards: int) -> bool:
    """Tell whether a submission belongs to part `shard` (from 1) of `shards`: the same on every machine."""
    digest = hashlib.sha256(f"{handed.student}\0{handed.assignment.slug}".encode()).digest()
    return int.from_bytes(digest[:8]) % shards == shard - 1
