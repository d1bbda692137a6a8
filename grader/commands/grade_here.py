"""A batch on this machine, shown while it is graded. What is in the batch, and what becomes of its report: the commands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rich.console import Console

from grader.commands.progress import watcher
from grader.course.course import Course
from grader.grading.batch import Batch, Handed, run_in_threads
from grader.grading.slots import Slots, cores, measure
from grader.grading.worker import Worker
from grader.model import Report
from grader.sandbox.probe import Capability


def grade_here(
    course: Course, batch: Batch, handed: Sequence[Handed], capability: Capability, jobs: int | None, console: Console
) -> Report:
    """Run `batch` on this machine and show how it gets on. Raises Interrupted.

    `jobs` at a time. By default there are two for each core, and more while cores have nothing to do: sessions wait a good part
    of their time. Measured on 2 cores with the sample class: 2 took 68 s, 3 took 52 s, 4 took 45 s, and 6 took 42 s with a fifth
    more CPU time than 3.
    """
    with watcher(console, len(handed)) as watching:
        batch.on_start, batch.on_result = watching.on_start, watching.on_result
        worker = partial(Worker, course.root, capability)
        if jobs is not None:
            return run_in_threads(batch, handed, worker, jobs)
        slots = Slots(len(cores()), measure)
        return run_in_threads(batch, handed, worker, slots.most, slots.now)
