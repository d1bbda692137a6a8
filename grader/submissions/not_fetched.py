"""Work that a student has handed in and that is not in this copy of the repository: Git LFS, submodules, nothing committed.

Whoever cloned it can fetch it; without a word of that the student would get a zero for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.names import shown
from grader.submissions.reading import holds_nothing, read_below

_MODULES = ".gitmodules"
_PATH = re.compile(rb"^[ \t]*path[ \t]*=[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_MOST_MODULES = 100


def not_fetched(root: Path, below: tuple[str, ...]) -> Iterator[str]:
    """A sentence for each reason why the folder `below` the folder `root` may hold less than was handed in.

    Repositories may be that folder or any above it, up to `root` (gitmodules(5)).
    """
    for depth in range(len(below) + 1):
        repository = below[:depth]
        modules = read_below(root, "/".join((*repository, _MODULES))) or b""
        for found in list(_PATH.finditer(modules))[:_MOST_MODULES]:
            path = found[1].decode("utf-8", "surrogateescape").strip("/")
            place = (*repository, *path.split("/"))
            inside = place[: len(below)] == below or below[: len(place)] == place
            if inside and ".." not in place and "" not in place and holds_nothing(root, place):
                name = shown(path)
                yield f"{name} is a submodule that was not fetched: clone with --recurse-submodules, and grade it again."
    if holds_nothing(root, below, but_for=".git"):
        yield "The repository is empty: no commit is in this copy of it. Was the work pushed, and to this repository?"
