"""The same checks for check50, for the submission that it was started on. `peers` gives it this file as the `__init__.py` of a
problem set, with the two names in capitals filled in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import check50

sys.path.insert(0, "REPOSITORY")

from benchmarks import plain


def check(name: str) -> None:
    def run() -> None:
        if wrong := plain.wrong_with(Path.cwd(), name):
            raise check50.Failure(wrong)

    run.__name__ = run.__qualname__ = name
    run.__doc__ = name
    globals()[name] = check50.check()(run)


for name in NAMES:  # noqa: F821
    check(name)
