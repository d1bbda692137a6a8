"""Whatever a job leaves behind in a module is seen, and what stays as it is counts as unchanged."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from grader.course.course import load_course
from grader.grading.module_state import State, Unknown

ROOT = Path(__file__).resolve().parents[2]

SOURCE = """
from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

NAMES = ["Ada", "Bruno"]
TABLE = {"a": [1, 2], "b": {"c": {3}}}
PATTERN = re.compile("x")
PAIR = ([], 1)
ITSELF = []
ITSELF.append(ITSELF)
count = 0


class Point(NamedTuple):
    x: list


class Slotted:
    __slots__ = ("value",)


@dataclass(frozen=True)
class Member:
    name: str
    said: list = field(default_factory=list)


class Names:
    all = []

    @classmethod
    def known(cls, *, seen={}):
        return seen

    @property
    def first(self):
        return 1


ADA = Member("Ada")
HERE = Point([])
SLOTTED = Slotted()
SLOTTED.value = []


def collect(item, kept=[]):
    kept.append(item)


def counter():
    value = 0

    def step():
        nonlocal value
        value += 1

    return step


step = counter()


@functools.wraps(collect)
def wrapped(item):
    collect(item)


@pytest.fixture
def made():
    return NAMES


@pytest.mark.parametrize("value", [NAMES])
def test_something(value):
    pass
"""


def made(source: str) -> ModuleType:
    module = sys.modules["checks_of_a_test"] = ModuleType("checks_of_a_test")  # dataclasses look for it there
    exec(compile(textwrap.dedent(source), "checks_of_a_test.py", "exec"), module.__dict__)
    return module


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    sys.modules.pop("checks_of_a_test", None)


def state(module: ModuleType) -> State:
    return State({module.__name__: module})


def test_what_nobody_touches_is_unchanged() -> None:
    module = made(SOURCE)
    before = state(module)
    exec("[*NAMES, PATTERN.search('x'), ADA.name, Names().first, wrapped, made, len(str(TABLE))]", module.__dict__)
    assert state(module).is_as(before)


@pytest.mark.parametrize(
    "change",
    [
        "count += 1",
        "NAMES.append('Clara')",
        "NAMES[0] = 'Clara'",
        "NAMES = list(NAMES)",
        "TABLE['a'].append(3)",
        "TABLE['b']['c'].add(4)",
        "PAIR[0].append(1)",
        "ITSELF.append(1)",
        "HERE.x.append(1)",
        "SLOTTED.value.append(1)",
        "ADA.said.append('hello')",
        "Names.all.append(1)",
        "Names.known()['a'] = 1",
        "Names.more = 1",
        "collect(1)",
        "wrapped(1)",
        "collect.calls = 1",
        "step()",
        "test_something = collect",
        "del NAMES",
        "new = 1",
    ],
)
def test_a_change_is_seen(change: str) -> None:
    module = made(SOURCE)
    before = state(module)
    exec(change, module.__dict__)
    assert not state(module).is_as(before)


@pytest.mark.parametrize(
    "source",
    [
        "import itertools\nnumbers = iter([1, 2])",
        "import functools\n@functools.cache\ndef slow(): return []",
        "import random\nrng = random.Random(1)",
        "import threading\nlock = threading.Lock()",
        "import collections\nseen = collections.deque()",
        "import collections\nseen = collections.defaultdict(list)",
        "class Names(list): pass\nnames = Names()",
        "import functools\ndef add(a, b): pass\nadd_one = functools.partial(add, [])",
        "numbers = (number for number in [1, 2])",
        "data = bytearray()",
    ],
)
def test_what_nobody_can_look_into_is_no_state(source: str) -> None:
    with pytest.raises(Unknown):
        state(made(source))


def test_a_module_more_is_a_change() -> None:
    first, second = made("A = 1"), made("B = 1")
    assert not State({"first": first}).is_as(State({"first": first, "second": second}))


@pytest.mark.parametrize("slug", [assignment.slug for assignment in load_course(ROOT).assignments])
def test_the_courses_own_checks_can_be_looked_into(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise they would be imported anew for every job."""
    for path in sorted((ROOT / "assignments" / slug / "checks").glob("*.py")):
        name = f"assignments.{slug}.checks.{path.stem}"
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        module.__package__ = f"assignments.{slug}.checks"
        source = path.read_text()
        exec(compile(source, str(path), "exec"), module.__dict__)
        assert State({name: module}).is_as(State({name: module}))
