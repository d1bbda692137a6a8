"""What a program may use: the tables in CONTRIBUTING.md are the module's figures and sentences, and nobody else has a figure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import limits
from grader.limits import GIB, KIB, MIB, WAITS_PER_CHECK, WAITS_PER_SUBMISSION, Limits
from grader.sandbox import kernel_limits

ROOT = Path(__file__).resolve().parent.parent
PAPER = ROOT / "CONTRIBUTING.md"
UNITS = {"KIB", "MIB", "GIB"}


def told(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield what a body of a module or class assigns or has as a property, with the text that says what it is."""
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(one) == "property" for one in node.decorator_list):
            yield node.name, ast.get_docstring(node) or ""
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            name = ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0])
            text = after.value if isinstance(after, ast.Expr) else None
            yield name, str(text.value) if isinstance(text, ast.Constant) else ""


def shown(name: str, value: float) -> str:
    """A figure with its unit, which is the name's last word."""
    if name.lower().endswith("_seconds"):
        return f"{value:g} s"
    if not name.lower().endswith("_bytes") or not value:
        return f"{value:,}"
    size, unit = next((size, unit) for size, unit in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB"), (1, "bytes")) if not value % size)
    return f"{value // size:g} {unit}"


def tables() -> str:
    """What CONTRIBUTING.md has to say."""
    module = ast.parse(Path(limits.__file__).read_text(encoding="utf-8"))
    settable = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == Limits.__name__)
    fields = Limits.__dataclass_fields__
    of_author = [(name, getattr(Limits(), name), text) for name, text in told(settable.body)]
    fixed = [(name, getattr(limits, name), text) for name, text in told(module.body) if name not in UNITS]
    assert all(text for _, _, text in [*of_author, *fixed]), "a figure has no reason"

    def table(head: str, rows: list[tuple[str, float, str]]) -> list[str]:
        lines = [f"| `{name}` | {shown(name, value)} | {' '.join(text.split())} |" for name, value, text in rows]
        return [f"| {head} |", "| --- | --- | --- |", *lines, ""]

    lines = table("`[limits]` in `assignment.toml` | if not set | bounds", [row for row in of_author if row[0] in fields])
    lines += table("follows from these | if they are not set | bounds", [row for row in of_author if row[0] not in fields])
    lines += table("fixed | figure | bounds", fixed)
    return "\n".join(lines).rstrip()


def test_the_tables_for_authors_say_what_the_module_says() -> None:
    found = re.search(r"<!-- limits:begin -->\n(.*?)\n<!-- limits:end -->", PAPER.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    assert found[1] == tables(), f"put this between the marks in {PAPER.name}:\n\n{tables()}"


def test_every_figure_is_used_and_every_module_takes_it_from_there() -> None:
    """A name that nobody imports is a promise that nobody keeps, and a module with the same name of its own is a second owner."""
    names = {name for name in vars(limits) if name.isupper()} - UNITS
    others = [path for path in (ROOT / "grader").rglob("*.py") if path != Path(limits.__file__)]
    sources = {path: path.read_text(encoding="utf-8") for path in others}
    used = {name for name in names if any(re.search(rf"\b{name}\b", text) for text in sources.values())}
    by_limits = {"WAITS_PER_CHECK", "WAITS_PER_SUBMISSION"}
    assert names - used == by_limits
    second = re.compile(rf"^\s*_?({'|'.join(names)})\b[^=\n]*=[^=]", re.MULTILINE)
    assert not [f"{path.name}: {match[1]}" for path, text in sources.items() for match in second.finditer(text)]


def test_a_second_figure_in_bytes_is_not_somewhere_else_in_the_sandbox() -> None:
    """Sizes of a mebibyte and more are what programs may use; the rooms that hold them to it have none of their own."""
    large = re.compile(r"1024 ?\*|\* [MG]IB\b")
    rooms = [path for room in ("sandbox", "events", "checks") for path in (ROOT / "grader" / room).rglob("*.py")]
    found = [path.name for path in rooms if large.search(path.read_text(encoding="utf-8"))]
    assert not found


@pytest.mark.parametrize("checks", [0, 1, 3, 30])
def test_a_submission_waits_as_long_as_one_check_may_at_least(checks: int) -> None:
    own = Limits(wall_seconds=2.5)
    assert own.check_seconds == WAITS_PER_CHECK * 2.5
    assert own.submission_seconds(checks) == max(own.check_seconds, checks * WAITS_PER_SUBMISSION * 2.5)


def test_the_kernel_comes_after_the_watchdog() -> None:
    own = Limits(cpu_seconds=7, disk_bytes=1000, processes=9)
    assert own.cpu_seconds < own.cpu_signal_seconds < own.cpu_kill_seconds
    everywhere = {"CPU": (8, 9), "FSIZE": (500, 500), "CORE": (0, 0)}
    assert kernel_limits.anywhere(own) == everywhere
    inside = {**everywhere, "NPROC": (9, 9), "AS": (2 * GIB, 2 * GIB)}
    assert inside.items() <= kernel_limits.in_the_sandbox(own).items()
    assert kernel_limits.options(everywhere) == ["--cpu=8:9", "--fsize=500:500", "--core=0:0"]


def test_a_person_has_time() -> None:
    own = Limits(memory_bytes=1).for_a_person()
    assert (own.wall_seconds, own.cpu_seconds, own.memory_bytes) == (3600, 3600, 1)
