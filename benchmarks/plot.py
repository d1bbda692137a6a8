"""Two pictures side by side as one SVG: wall time against the size of the class, and what the CPU time of each class went into.

Nothing is measured in here. `grader/reports/svg.py` draws conversations, which have nothing in common with these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, MARGIN = 420, 320, 56
COLOURS = ("#4e79a7", "#f28e2b", "#76b7b2", "#e15759", "#b07aa1", "#9c9c9c")


def draw(sizes: Sequence[int], wall: Sequence[float], line: tuple[float, float], shares: Sequence[Mapping[str, float]]) -> str:
    """Return the SVG. `line` is (slope, intercept) of the fit; `shares` has for each size the share of each part, 0 to 1."""
    inside = [*_wall(sizes, wall, line), f'<g transform="translate({WIDTH},0)">', *_shares(sizes, shares), "</g>"]
    box = f'viewBox="0 0 {2 * WIDTH + 180} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="11">'
    ground = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([head, ground, *inside, "</svg>", ""])


def _wall(sizes: Sequence[int], wall: Sequence[float], line: tuple[float, float]) -> list[str]:
    slope, intercept = line
    widest, highest = max(sizes), max([*wall, slope * max(sizes) + intercept]) * 1.1

    def x(size: float) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * size / widest

    def y(seconds: float) -> float:
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * seconds / highest

    drawn = _frame("seconds of wall time, by students")
    ends = f'x1="{x(0):.1f}" y1="{y(intercept):.1f}" x2="{x(widest):.1f}" y2="{y(slope * widest + intercept):.1f}"'
    drawn.append(f'<line {ends} stroke="{COLOURS[1]}"/>')
    for size, seconds in zip(sizes, wall, strict=True):
        drawn.append(f'<circle cx="{x(size):.1f}" cy="{y(seconds):.1f}" r="3.5" fill="{COLOURS[0]}"/>')
        drawn.append(_text(x(size), y(seconds) - 8, f"{seconds:.0f} s", "middle"))
        drawn.append(_text(x(size), HEIGHT - MARGIN + 16, str(size), "middle"))
    drawn.append(_text(MARGIN + 8, MARGIN + 14, f"{slope:.2f} s for each student, and {intercept:.1f} s"))
    return drawn


def _shares(sizes: Sequence[int], shares: Sequence[Mapping[str, float]]) -> list[str]:
    drawn = _frame("shares of the CPU time, by students")
    step = (WIDTH - 2 * MARGIN) / len(sizes)
    for number, (size, parts) in enumerate(zip(sizes, shares, strict=True)):
        left, bottom = MARGIN + step * (number + 0.15), float(HEIGHT - MARGIN)
        for colour, share in zip(COLOURS, parts.values(), strict=False):
            high = (HEIGHT - 2 * MARGIN) * max(0.0, share)
            bottom -= high
            place = f'x="{left:.1f}" y="{bottom:.1f}" width="{0.7 * step:.1f}" height="{high:.1f}"'
            drawn.append(f'<rect {place} fill="{colour}"/>')
            if high > 12:
                drawn.append(_text(left + 0.35 * step, bottom + high / 2 + 4, f"{share:.0%}", "middle", "white"))
        drawn.append(_text(left + 0.35 * step, HEIGHT - MARGIN + 16, str(size), "middle"))
    for number, (colour, name) in enumerate(zip(COLOURS, shares[0], strict=False)):
        drawn.append(f'<rect x="{WIDTH - MARGIN + 12}" y="{MARGIN + 18 * number}" width="10" height="10" fill="{colour}"/>')
        drawn.append(_text(WIDTH - MARGIN + 28, MARGIN + 18 * number + 9, name))
    return drawn


def _frame(title: str) -> list[str]:
    left, right, bottom = MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN
    axes = f'<path d="M{left},{MARGIN} V{bottom} H{right}" fill="none" stroke="#333"/>'
    return [axes, _text(MARGIN, MARGIN - 16, title)]


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'
