"""A transcript as the places of a sequence diagram: lanes, arrows and words with their coordinates. A template draws them.

Units are those of the SVG's own box. What is drawn with which colours stands in the template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.reports.mermaid import cut
from grader.reports.transcript_view import Row, lanes

ROWS_DRAWN = 60
LANE_WIDTH, MARGIN, TOP, STEP = 240, 20, 56, 38
TIME_WIDTH = 70
LETTER = 7.0
"""Width of one letter of the words on an arrow, generously."""
BESIDE = 100
"""Room to the right of the last lane, for the words on a mark there."""
LEAST_WIDTH = 640


@dataclass(frozen=True)
class Lane:
    x: float
    name: str


@dataclass(frozen=True)
class Arrow:
    """One row: a line from `start` to `end` at height `y`, its words above it; without `end`, a mark on the lane."""

    y: float
    time: str
    start: float
    end: float | None
    words: str
    words_x: float
    kind: str
    """data, sign or fails: how the line is drawn."""

    @property
    def tip(self) -> float:
        """Where the line ends, so that the head of the arrow touches the lane."""
        end = self.start if self.end is None else self.end
        return end - 7 if end > self.start else end + 7


@dataclass(frozen=True)
class Diagram:
    width: float
    height: float
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    left_out: int
    """Rows that are not drawn."""


def layout(rows: Sequence[Row]) -> Diagram:
    """Put everybody in a lane and every row at a height of its own."""
    drawn = rows[:ROWS_DRAWN]
    names = lanes(drawn)
    places = {name: TIME_WIDTH + MARGIN + LANE_WIDTH * (number + 0.5) for number, name in enumerate(names)}
    width = max(LEAST_WIDTH, TIME_WIDTH + 2 * MARGIN + LANE_WIDTH * len(names) + BESIDE)
    height = TOP + STEP * (len(drawn) + 0.5)
    return Diagram(
        width=width,
        height=height,
        lanes=tuple(Lane(x, cut(name, 28)) for name, x in places.items()),
        arrows=tuple(_arrow(row, TOP + STEP * (number + 0.8), places, width) for number, row in enumerate(drawn)),
        left_out=len(rows) - len(drawn),
    )


def _arrow(row: Row, y: float, places: dict[str, float], width: float) -> Arrow:
    start, end = places[row.who], places.get(row.target)
    x = start + 10 if end is None else min(start, end) + 10
    room = int((width - MARGIN - x) / LETTER)
    words = f"{row.what}: {row.text(room)}" if row.size else row.what
    kind = "fails" if row.fails else "data" if row.size else "sign"
    return Arrow(y, f"{row.at:.3f} s", start, end, cut(words, room), x, kind)
