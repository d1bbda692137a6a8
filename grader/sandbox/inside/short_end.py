"""Runs on the student's side, as a part of launch.py: the end of a forked program without taking the interpreter apart.

An interpreter that ends takes apart every module and every text it has, and so writes to most of its memory. A forked one shares
that with the launcher until then, and the copies cost more than the program. Nobody sees whether it was done, as long as all that
the program itself has made is taken apart as ever: files are written out, databases rolled back, `finally` blocks run. So that is
what happens here, in the order of `Py_FinalizeEx` (CPython's Python/pylifecycle.c). Whenever something of the program's would
outlive it, the interpreter's ordinary end follows.
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
_LAST = ("last_type", "last_value", "last_traceback", "last_exc")
_LASTING = (_io._IOBase, types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
"""Kinds of objects whose end can be seen. A connection of sqlite3 is another, where that is loaded."""


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
        if not _is_written_out():
            return
        gc.collect()  # also puts a stream before the buffer that it writes to, and so decides what is taken apart first below
        for name in _LAST:
            sys.__dict__.pop(name, None)
        for name in [name for name in sys.modules if name not in self._modules]:
            del sys.modules[name]
        gc.collect()
        if not self._outlives() and _is_written_out():
            os._exit(code & 0xFF)

    def _outlives(self) -> bool:
        """Whether something of the program's is still there whose end can be seen."""
        sqlite3: Any = sys.modules.get("sqlite3")
        kinds = (*_LASTING, sqlite3.Connection) if sqlite3 else _LASTING
        return any(issubclass(type(one), kinds) and id(one) not in self._ours for one in gc.get_objects())


def _is_written_out() -> bool:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # the interpreter says so itself
        return False
    return True
