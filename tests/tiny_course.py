"""A course of one assignment, written into a temporary folder, and a session to grade submissions to it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grader.grading.worker import Worker
from grader.limits import Limits
from grader.model import Assignment, CheckSpec, Job, Result, Submission
from grader.sandbox.probe import Capability

SLUG = "tiny"


class TinyCourse:
    """Each `grade` writes an assignment of its own, since a session reads a checks file once."""

    def __init__(self, root: Path, capability: Capability) -> None:
        root.chmod(0o755)
        for name in ("assignments", "starter", "solutions"):  # a session sees those that are there when it starts
            (root / name).mkdir(exist_ok=True)
        self.root = root
        self.worker = Worker(root, capability)
        self._number = 0

    def grade(
        self,
        checks: str,
        files: dict[str, str | bytes],
        limits: Limits | None = None,
        seed: int = 1,
        only: str = "",
        order: list[str] | None = None,
        beside: Mapping[str, str] | None = None,
    ) -> Result:
        """Grade `files` with the check functions in `checks`; every check is worth one point.

        `order`: the checks as assignment.toml would have them, by default as they stand in `checks`.
        `beside`: more files in the folder of the checks.
        """
        self._number += 1
        folder = self.root / "assignments" / f"{SLUG}{self._number}"
        (folder / "checks").mkdir(parents=True)
        source = "from grader.checks import *\n\n" + textwrap.dedent(checks)
        (folder / "checks" / f"test_{SLUG}.py").write_text(source)
        for name, text in (beside or {}).items():
            (folder / "checks" / name).write_text(textwrap.dedent(text))
        ids = [line.split("(")[0].removeprefix("def test_") for line in source.splitlines() if line.startswith("def test_")]
        assignment = Assignment(
            slug=folder.name,
            title="Tiny",
            topic="",
            order=1,
            summary="",
            files=tuple(files),
            checks=tuple(CheckSpec(check_id, 1) for check_id in order or ids),
            limits=limits or Limits(wall_seconds=5, cpu_seconds=1),
            folder=folder,
        )
        data = {name: textwrap.dedent(text).encode() if isinstance(text, str) else text for name, text in files.items()}
        self.last = Job(Submission("s01", assignment.slug, data, self.root), assignment, seed, only)
        return self.worker.grade(self.last)

    def again(self, files: dict[str, bytes] | None = None, only: str = "") -> Result:
        """Grade the last assignment once more, with the same or with other files."""
        submission = self.last.submission if files is None else replace(self.last.submission, files=files)
        return self.worker.grade(replace(self.last, submission=submission, only=only))

    @property
    def next_slug(self) -> str:
        """Slug of the assignment that the next `grade` will write."""
        return f"{SLUG}{self._number + 1}"

    def close(self) -> None:
        self.worker.close()
