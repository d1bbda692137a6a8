"""Why a check that has failed deserves a second look. The look itself: `grading.second_look`."""

from __future__ import annotations

from enum import StrEnum


class Doubt(StrEnum):
    """Why a failure may not be the whole truth."""

    TIME = "time"
    """A time limit ended it: the machine may have been too slow."""
    ORDER = "order"
    """Programs ran side by side: the order of events may have been bad luck."""
