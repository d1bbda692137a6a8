"""Formats that other programs read: `grader run --format NAME`. One module each, pure; what people read is one folder up.

Each module has `render(graded)`, which returns the texts of its files by their path in the folder of the reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.reports.formats import canvas, classroom50, ctrf, gradescope, junit, moodle
from grader.reports.formats.graded import GradedClass

FORMATS: Mapping[str, Callable[[GradedClass], dict[str, str]]] = {
    "gradescope": gradescope.render,
    "canvas": canvas.render,
    "moodle": moodle.render,
    "ctrf": ctrf.render,
    "junit": junit.render,
    "classroom50": classroom50.render,
}

__all__ = ["FORMATS", "GradedClass"]
