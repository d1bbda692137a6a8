"""What the modules of a folder hold at a moment, to tell later whether a job has left something there for the next.

A module of checks is imported once and then used for many jobs, which is right only as long as none of them changes it: a
counter, a list that grows, a cache. What is imported from elsewhere is not looked into. Who imports, and what follows from a
change, is not in here.
"""

from __future__ import annotations

import enum
import re
import sys
import types
from collections import namedtuple
from collections.abc import Iterator
from datetime import date, time, timedelta, tzinfo
from pathlib import Path, PurePath
from types import ModuleType

from _pytest.fixtures import FixtureFunctionDefinition

_tuplegetter = type(namedtuple("_", "field").field)  # type: ignore[attr-defined]
_VALUES = (int, float, complex, str, bytes, type(None), types.EllipsisType, type(NotImplemented), range)
"""Types whose values never change and are told by their text."""
_CONSTANT = (
    *(re.Pattern, PurePath, date, time, timedelta, tzinfo, enum.Enum),
    *(types.BuiltinFunctionType, types.GenericAlias, types.UnionType, types.MemberDescriptorType, types.GetSetDescriptorType),
    *(types.WrapperDescriptorType, types.MethodDescriptorType, types.CodeType, ModuleType, _tuplegetter),
)
"""Types whose objects never change, or are nobody's in this folder."""
_MODULES_OF_CONSTANTS = ("__future__", "dataclasses", "typing")
_PLAIN = (object, tuple, FixtureFunctionDefinition)
_OF_THE_IMPORT = {"__builtins__", "__cached__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__spec__"}
_OF_CLASSES = {"__dict__", "__weakref__", "__doc__", "_abc_impl", "__abstractmethods__"}


class Unknown(Exception):
    """There is an object of which nobody can tell whether it has changed."""


class State:
    """What the modules hold, down to values that cannot change."""

    def __init__(self, modules: dict[str, ModuleType]) -> None:
        """Raises Unknown."""
        self._names = set(modules)
        self._met: dict[int, int] = {}
        self._alive: list[object] = []  # so that no other object ever gets the id of one that is noted
        self._notes: list[object] = []
        self._look([(name, *part) for name, module in modules.items() for part in _of_module(module)])

    def is_as(self, other: State) -> bool:
        """Whether nothing has changed between the two: the same objects with the same contents."""
        return self._notes == other._notes

    def _look(self, waiting: list[object]) -> None:
        while waiting:
            one = waiting.pop()
            kind = type(one)
            if kind in _VALUES or kind is bool:
                self._notes += (kind, repr(one))
            elif isinstance(one, (tuple, list)) and kind in (tuple, list):
                waiting += self._enter(one, list(one))
            elif isinstance(one, dict) and kind is dict:
                waiting += self._enter(one, [part for item in one.items() for part in item])
            elif isinstance(one, (set, frozenset)) and kind in (set, frozenset):
                waiting += self._enter(one, sorted(one, key=repr))
            elif isinstance(one, _CONSTANT) or kind.__module__ in _MODULES_OF_CONSTANTS or self._is_foreign(one):
                self._note(one)
            else:
                waiting += self._enter(one, list(self._parts(one)))

    def _note(self, one: object) -> None:
        self._notes += (type(one), id(one))
        self._alive.append(one)

    def _enter(self, one: object, parts: list[object]) -> list[object]:
        """Note an object that has parts, and return those unless it was met before."""
        if id(one) in self._met:
            self._notes += ("again", self._met[id(one)])
            return []
        self._met[id(one)] = len(self._met)
        if type(one) is not tuple:  # those of items() are made for the occasion
            self._note(one)
        self._alive.append(one)
        self._notes.append(len(parts))
        return parts

    def _is_foreign(self, one: object) -> bool:
        """Whether it is a function or class from elsewhere."""
        return isinstance(one, (type, types.FunctionType)) and one.__module__ not in self._names

    def _parts(self, one: object) -> Iterator[object]:
        """All that can change in a function, class or plain object. Raises Unknown."""
        if isinstance(one, types.FunctionType):
            yield from (one.__code__, one.__defaults__, one.__kwdefaults__, one.__dict__)
            yield from (_content(cell) for cell in one.__closure__ or ())
        elif isinstance(one, type):
            yield from ((name, value) for name, value in vars(one).items() if name not in _OF_CLASSES)
        elif isinstance(one, (staticmethod, classmethod)):
            yield one.__func__
        elif isinstance(one, property):
            yield from (one.fget, one.fset, one.fdel)
        elif isinstance(one, types.MethodType):
            yield from (one.__func__, one.__self__)
        elif all(self._is_plain(base) for base in type(one).__mro__):
            yield from one if isinstance(one, tuple) else ()
            yield getattr(one, "__dict__", None)
            slots = {slot for base in type(one).__mro__ for slot in _slots(base)}
            yield from ((slot, getattr(one, slot, None)) for slot in sorted(slots))
        else:
            raise Unknown(type(one))

    def _is_plain(self, kind: type) -> bool:
        """Whether all that its objects hold is in their attributes: so it is for a class written in Python, not for one in C."""
        return kind in _PLAIN or kind.__module__ in self._names or "__dataclass_fields__" in vars(kind)


def _of_module(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Its names and values; what the import and pytest have put there is not its own."""
    for name, value in vars(module).items():
        if name not in _OF_THE_IMPORT and not name.startswith("@"):
            yield name, value


def _content(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return None


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    return [slot for slot in ([slots] if isinstance(slots, str) else slots) if slot not in ("__dict__", "__weakref__")]


def modules_in(folder: Path) -> dict[str, ModuleType]:
    """The imported modules whose files lie in `folder`, by name."""
    place = str(folder) + "/"
    return {name: module for name, module in sys.modules.items() if str(getattr(module, "__file__", "")).startswith(place)}


def forget_modules(folder: Path) -> None:
    """Let the next import of these modules execute them again."""
    for name in modules_in(folder):
        del sys.modules[name]
