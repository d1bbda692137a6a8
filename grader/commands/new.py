"""A new assignment from a template: small, complete and right, so that its author changes what works. Nothing is graded in here.

The files of the template are in `course/templates/`; what makes an assignment right is in `course.lint`.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.course.course import SETTINGS, load_course
from grader.course.lint import HANDOUT, MISTAKE, TREES
from grader.errors import UsageError
from grader.names import same_slug

_TEMPLATES = Path(__file__).parent.parent / "course" / "templates"
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_STEP = 10  # between two new assignments' order numbers, so that others fit in between later


@dataclass(frozen=True)
class _Mistake:
    """A wrong submission: the solution with `right` replaced by `wrong`, words of its feedback, and the checks that it costs."""

    name: str
    describe: str
    right: str
    wrong: str
    words: tuple[str, ...]
    failed: tuple[str, ...]
    skipped: tuple[str, ...] = ()


_GOOD, _END = "greets_by_name", "ends_well_without_a_name"  # the checks of the template
_LAST_WORDS = 'sys.exit("There is no name to greet.")'
_MISTAKES = (
    _Mistake(
        "greets_everybody_alike",
        "Greets the world, whatever the name",
        right="{name}",
        wrong="world",
        words=("Hello, world!", "input() returns the line that was typed"),
        failed=(_GOOD,),
        skipped=(_END,),
    ),
    _Mistake(
        "greets_in_lower_case",
        "Changes the name that was typed",
        right="{name}",
        wrong="{name.lower()}",
        words=("somewhere in the output", "input() returns the line that was typed"),
        failed=(_GOOD,),
        skipped=(_END,),
    ),
    _Mistake(
        "ends_in_a_traceback",
        "Catches another exception than the one of input()",
        right="EOFError",
        wrong="ValueError",
        words=("the program crashed with EOFError", "catch it"),
        failed=(_END,),
    ),
    _Mistake(
        "greets_nobody",
        "Greets an empty name at the end of the input",
        right=_LAST_WORDS,
        wrong='name = ""',
        words=("a message, and no greeting", "At the end of the input, input() raises EOFError"),
        failed=(_END,),
    ),
)


def scaffold(course_root: Path, slug: str, title: str = "") -> list[Path]:
    """Write handout, settings, checks, mistakes, starter and solution of a new assignment; return the files.

    It is the last in the course's order. An empty `title` becomes the slug in words.
    Raises UsageError when the slug cannot be used or is in use; then nothing has been written.
    """
    course = load_course(course_root)
    _refuse_unusable(slug)
    _refuse_used(course.root, slug)
    last = max(assignment.order for assignment in course.assignments)
    values = {
        "slug": slug,
        "title": title.strip() or slug.replace("_", " ").capitalize(),
        "order": (last // _STEP + 1) * _STEP,
    }
    written = []
    for name, text in _files(values).items():
        file = course.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def _refuse_unusable(slug: str) -> None:
    if not _SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise UsageError(f"{slug!r} cannot be a slug; write it like dns_lookup: small letters, digits and _, a letter first.")
    if slug in sys.stdlib_module_names:
        raise UsageError(f"A program {slug}.py would hide the module {slug} of Python itself; choose another slug.")


def _refuse_used(root: Path, slug: str) -> None:
    for tree in TREES:
        for folder in (root / tree).glob("*"):
            if same_slug(folder.name) == same_slug(slug):
                raise UsageError(f"{folder} is there already; choose another slug, or remove it first.")


def _files(values: dict[str, object]) -> dict[str, str]:
    """The new files by their paths in the course."""
    templates = Environment(loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True)
    templates.filters["toml"] = lambda value: json.dumps(value, ensure_ascii=False)  # TOML writes texts and lists as JSON does

    def render(template: str, **more: object) -> str:
        return templates.get_template(template + ".j2").render(values, **more)

    assignment = f"assignments/{values['slug']}"
    program = f"{values['slug']}.py"
    solution = render("solution.py")
    files = {
        f"{assignment}/{SETTINGS}": render(SETTINGS),
        f"{assignment}/{HANDOUT}": render(HANDOUT),
        f"{assignment}/checks/test_{program}": render("checks.py"),
        f"starter/{values['slug']}/{program}": render("starter.py"),
        f"solutions/{values['slug']}/{program}": solution,
    }
    for mistake in _MISTAKES:
        folder = f"{assignment}/mistakes/{mistake.name}"
        files[f"{folder}/{MISTAKE}"] = render(MISTAKE, mistake=mistake)
        files[f"{folder}/{program}"] = solution.replace(mistake.right, mistake.wrong)
    return files
