"""A batch on this machine, shown while it is graded. What is in the batch, and what becomes of its report: the commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from grader.commands.progress import watcher
from grader.course.course import Course
from grader.grading.batch import Batch, Handed, run_in_threads
from grader.grading.slots import Slots, cores, measure
from grader.grading.worker import Worker
from grader.model import Report
from grader.sandbox.probe import Capability


@contextmanager
def started_ahead(course: Course, capability: Capability) -> Iterator[Worker]:
    """A session that starts while its first job is still looked for. It has ended afterwards, whether it was used or not."""
    worker = Worker(course.root, capability)
    try:
        worker.start()
        yield worker
    finally:
        worker.close()


def grade_here(
    course: Course,
    batch: Batch,
    handed: Sequence[Handed],
    capability: Capability,
    jobs: int | None,
    console: Console,
    ahead: Worker | None = None,
) -> Report:
    """Run `batch` on this machine and show how it gets on; `ahead` is its first session. Raises Interrupted and CannotGrade.

    `jobs` at a time. By default there are two for each core, and more while cores have nothing to do: sessions wait a good part
    of their time. Measured on 2 cores with the sample class: 2 took 68 s, 3 took 52 s, 4 took 45 s, and 6 took 42 s with a fifth
    more CPU time than 3.
    """
    waiting = [ahead] if ahead else []

    def session() -> Worker:
        return waiting.pop() if waiting else Worker(course.root, capability)

    with watcher(console, len(handed)) as watching:
        batch.on_start, batch.on_result = watching.on_start, watching.on_result
        if jobs is not None:
            return run_in_threads(batch, handed, session, jobs)
        slots = Slots(len(cores()), measure)
        return run_in_threads(batch, handed, session, slots.most, slots.now)
