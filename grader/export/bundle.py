"""An autograder for Classroom 50: the folder that its config repository has for each assignment. What is public: `public`.

That service publishes these folders on the web, so nothing hidden is in one.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from grader.course.course import Course
from grader.errors import GraderError, UsageError
from grader.export.public import public_course
from grader.export.repository import TEMPLATES
from grader.export.wheel import build_wheel
from grader.model import Assignment

BUNDLE_BYTES = 10 * 1024 * 1024
"""That service's runner fetches no more than this."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,38}")
"""What it takes for the name of a classroom or an assignment."""


def write(course: Course, assignment: Assignment, folder: Path, classroom: str) -> Path:
    """Write `<classroom>/autograders/<slug>/` below `folder`, in place of an earlier one; return where.

    A slug there has `-` for our `_`. Raises UsageError for a name that Classroom 50 would refuse.
    """
    slug = assignment.slug.lower().replace("_", "-")
    for what, name in (("classroom", classroom), ("assignment", slug)):
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name for a {what} there: 2 to 39 small letters, digits and -, not - first.")
    name, data = build_wheel(public_course(course.root, [assignment]))
    files = {"autograder.py": (TEMPLATES / "autograder.py").read_bytes(), name: data}
    size = sum(len(data) for data in files.values())
    if size > BUNDLE_BYTES:
        raise GraderError(f"The bundle of {slug} has {size:,} bytes, and the runner fetches {BUNDLE_BYTES:,} at most.")
    place = folder / classroom / "autograders" / slug
    try:
        if place.is_dir():
            shutil.rmtree(place)
        place.mkdir(parents=True)
        for path, content in files.items():
            (place / path).write_bytes(content)
    except OSError as error:
        raise GraderError(f"{place} cannot be written: {error.strerror}. Name another folder.") from error
    return place
