"""A small course in a temporary folder, and a worker that grades without running anything."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.errors import SessionDied
from grader.model import CheckResult, Isolation, Job, Result, ResultStatus, Status
from grader.sandbox.probe import Capability

CAPABILITY = Capability(Isolation.SANDBOX, "none", "a stand-in for tests", (("system", "none"),))

SETTINGS = """
title = "{title}"
topic = "Testing"
order = {order}
summary = "Made up for a test."
files = [{files}]
[checks]
greets = {{ points = 6 }}
says_goodbye = {{ points = 4 }}
[[rubric]]
id = "style"
title = "Readable"
points = 5
"""

CHECKS = '''
def test_greets(student):
    """Says hello"""
def test_says_goodbye(student):
    """Says goodbye"""
'''


def add_assignment(root: Path, slug: str, order: int, *files: str) -> None:
    names = ", ".join(f'"{file}"' for file in files)
    title = slug.replace("_", " ").title()
    write(root / "assignments" / slug / "assignment.toml", SETTINGS.format(title=title, order=order, files=names))
    write(root / "assignments" / slug / "checks" / f"test_{slug}.py", CHECKS)


def make_course(root: Path) -> Path:
    """Two assignments: `old_mail` (mail.py) before `api` (server.py and client.py)."""
    add_assignment(root, "api", 20, "server.py", "client.py")
    add_assignment(root, "old_mail", 10, "mail.py")
    return root


def write(file: Path, content: str = "right") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


def write_all(folder: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        write(folder / name, content)
    return folder


class FakeWorker:
    """Grades by the text of a submission's files: `right`, `half`, `broken`, or one of the `deeds`.

    One `Sessions` object sees what all its workers do.
    """

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.aborted = threading.Event()

    def start(self) -> None:
        pass

    def grade(self, job: Job) -> Result:
        self.sessions.note(job)
        words = {content.decode() for content in job.submission.files.values()}
        for word in words & self.sessions.deeds.keys():
            self.sessions.deeds[word](self)
        return result_of(job, words)

    def close(self) -> None:
        self.sessions.closed += 1

    def abort(self) -> None:
        self.aborted.set()


class Sessions:
    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.made = 0
        self.closed = 0
        self.deeds: dict[str, Callable[[FakeWorker], None]] = {"dies": die, "breaks": break_down, "interrupts": interrupt}
        self._lock = threading.Lock()

    def make(self, *_: object) -> FakeWorker:
        with self._lock:
            self.made += 1
        return FakeWorker(self)

    def note(self, job: Job) -> None:
        with self._lock:
            self.jobs.append(job)

    @property
    def graded(self) -> list[tuple[str, str]]:
        return [(job.submission.student, job.assignment.slug) for job in self.jobs]


def die(worker: FakeWorker) -> None:
    raise SessionDied("The session ended with exit code 9.")


def break_down(worker: FakeWorker) -> None:
    raise LookupError("a fault of the grader")


def interrupt(worker: FakeWorker) -> None:
    """Press Ctrl-C, then hang until the session is killed."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    assert worker.aborted.wait(30), "nobody killed this session"
    die(worker)


def result_of(job: Job, words: set[str]) -> Result:
    statuses = {
        "half": (Status.PASSED, Status.FAILED),
        "broken": (Status.FAILED, Status.FAILED),
        "odd": (Status.PASSED, Status.ERROR),
    }
    wanted = next((statuses[word] for word in sorted(words) if word in statuses), (Status.PASSED, Status.PASSED))
    checks = tuple(
        CheckResult(
            id=spec.id,
            title=spec.id,
            status=status,
            score=float(spec.points if status is Status.PASSED else 0),
            max_score=float(spec.points),
            message="" if status is Status.PASSED else "It said nothing.",
        )
        for spec, status in zip(job.assignment.checks, wanted, strict=True)
        if job.only in spec.id
    )
    return Result(
        student=job.submission.student,
        assignment=job.assignment.slug,
        status=ResultStatus.ERROR if Status.ERROR in wanted else ResultStatus.GRADED,
        score=sum(check.score for check in checks),
        max_score=sum(check.max_score for check in checks),
        checks=checks,
        isolation=Isolation.SANDBOX,
        message="A check broke." if Status.ERROR in wanted else "",
        seconds=0.1,
        seed=job.seed,
    )
