"""Runs on the student's side, as a part of launch.py: the end of a forked program without taking the interpreter apart.

An interpreter that ends takes apart every module and every text it has, and so writes to most of its memory. A forked one shares
that with the launcher until then, and the copies cost more than the whole program. Nobody can tell whether it is done, as long as
the program has left nothing behind whose end shows: an open file, a `finally` that is yet to come, a thread. If it has, or if
there is any doubt, the interpreter's ordinary end follows (`Py_FinalizeEx` in CPython's Python/pylifecycle.c).
"""

import _io
import _thread
import atexit
import gc
import os
import sys
import types
from typing import Any

_LATE = frozenset(("asyncio", "concurrent.futures", "logging", "ssl", "tempfile"))
"""Modules with something of their own to say or do at the end."""
_IN_MEMORY = (_io.StringIO, _io.BytesIO)
_STREAMS = (_io.FileIO, _io.BufferedReader, _io.BufferedWriter, _io.BufferedRandom, _io.BufferedRWPair, _io.TextIOWrapper)
_SUSPENDED = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_LAST = ("last_type", "last_value", "last_traceback", "last_exc")


def plain(code: object) -> int | None:
    """The exit code of a program that has left by `SystemExit(code)`; None when the interpreter has something to say to it."""
    if code is None:
        return 0
    return code if type(code) is int and abs(code) < 2**31 else None


class ShortEnd:
    """Made in the process of a run, before its program begins."""

    def __init__(self) -> None:
        self._callbacks = atexit._ncallbacks()
        self._modules = frozenset(sys.modules) - {"__main__"}
        streams: tuple[Any, ...] = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
        self._ours = {id(part) for stream in streams for part in (stream, stream.buffer, stream.buffer.raw)}

    def end(self, code: int) -> None:
        """End this process with an exit code. Returns when that is the interpreter's to do."""
        if _thread._count() or atexit._ncallbacks() != self._callbacks or not _LATE.isdisjoint(sys.modules):
            return
        if not _is_written_out() or any(_shows(one) and id(one) not in self._ours for one in gc.get_objects()):
            return
        if _databases():
            self._let_go()
            if _databases():
                return
        os._exit(code & 0xFF)

    def _let_go(self) -> None:
        """Take apart what the program itself has made, in the interpreter's order, so that databases are rolled back."""
        gc.collect()
        for name in _LAST:
            sys.__dict__.pop(name, None)
        for name in [name for name in sys.modules if name not in self._modules]:
            del sys.modules[name]
        gc.collect()


def _shows(one: object) -> bool:
    """Whether the end of an object can be seen."""
    kind = type(one)
    if not issubclass(kind, _io._IOBase):
        return issubclass(kind, _SUSPENDED)
    if kind in _IN_MEMORY:
        return False
    try:
        closed = one.closed if kind in _STREAMS else _io._IOBase.closed.__get__(one)  # type: ignore[attr-defined]
    except ValueError:  # it has been detached from what it wrote to
        return True
    return not closed


def _databases() -> bool:
    """Whether there is a connection to a database."""
    sqlite3: Any = sys.modules.get("sqlite3")
    return sqlite3 is not None and any(issubclass(type(one), sqlite3.Connection) for one in gc.get_objects())


def _is_written_out() -> bool:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # the interpreter says so itself
        return False
    return True
