"""Loops that wake by the clock and, as their source proves, only go back to sleep. Text in, values out; no process in here.

Two kinds: `serve_forever()` of `socketserver`, whose loop does nothing until a client comes, and `while True: time.sleep(…)`.
What no text proves is left out: a loop of the student's own may count, or compare the clock, and do its work at the 100th turn.
So may any program that uses a module which is not in the list below, or Python's ways around its own source.
Where a thread sleeps is `ticks.py`'s.

Source of what `serve_forever` does at each turn: `Lib/socketserver.py`, the same from Python 3.11 to 3.14.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_MODULES = {
    "__future__", "abc", "argparse", "array", "asyncio", "base64", "binascii", "bisect", "calendar", "codecs", "collections",
    "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "email", "enum", "errno", "fractions", "functools",
    "glob", "hashlib", "heapq", "html", "http", "io", "ipaddress", "itertools", "json", "logging", "math", "mimetypes",
    "numbers", "operator", "os", "pathlib", "posixpath", "pprint", "queue", "random", "re", "secrets", "shlex", "shutil",
    "socket", "socketserver", "sqlite3", "statistics", "string", "struct", "sys", "tempfile", "textwrap", "threading", "time",
    "traceback", "types", "typing", "unicodedata", "urllib", "uuid", "zlib", "zoneinfo",
}  # fmt: skip
"""Modules that start no loop of their own which wakes by the clock, or (sqlite3) only one that is told from these below."""
_SLEEPING_MODULES = {"sqlite3"}  # it sleeps by the clock while a database is locked
_WAYS_AROUND = {
    "exec", "eval", "__import__", "getattr", "setattr", "delattr", "globals", "locals", "vars", "modules", "settrace",
    "setprofile", "monitoring", "addaudithook", "_getframe", "fork", "forkpty", "system", "popen", "__builtins__", "__dict__",
    "__del__", "__getattribute__", "__getattr__", "attrgetter", "methodcaller",
}  # fmt: skip
"""Names by which a program may do something else than its source says, or start another."""
_PROGRAM_STARTS = ("exec", "spawn", "posix_spawn", "create_subprocess")
"""Beginnings of the names by which `os` and `asyncio` start programs."""
_SLEEP = ("sleep", "time")
_MOST_BYTES = 256 * 1024  # of all files; a tree takes a hundred times as much memory as its text
_HOOKS = {"service_actions", "handle_request", "handle_timeout", "ForkingMixIn", "ForkingTCPServer"}
"""Of a server of `socketserver`: what may run although no client has come."""


@dataclass(frozen=True)
class IdleLoops:
    """What is proven of one submission."""

    serves: bool = False
    """Whoever polls a listening socket is in `serve_forever()`, which does nothing until a client comes or it is shut down."""
    sleeps: bool = False
    """Whoever sleeps by the clock is in a loop that does nothing else, for ever."""


def find_idle_loops(sources: Mapping[str, bytes]) -> IdleLoops:
    """Read the Python files among `sources`, by name."""
    if sum(map(len, sources.values())) > _MOST_BYTES:
        return IdleLoops()
    try:
        nodes = [node for name, data in sources.items() if name.endswith(".py") for node in _nodes(data)]
    except (ValueError, RecursionError, MemoryError):
        return IdleLoops()
    own = {name.removesuffix(".py").rpartition("/")[2] for name in sources}
    modules, names = set(_modules(nodes)), set(_names(nodes))
    if not modules <= _MODULES | own or own & _MODULES or _may_do_otherwise(names):
        return IdleLoops()
    return IdleLoops(
        serves="serve_forever" in names and not names & _HOOKS,
        sleeps=not modules & _SLEEPING_MODULES and _only_sleeps(nodes),
    )


def _nodes(data: bytes) -> list[ast.AST]:
    """All that the file consists of. Raises ValueError, RecursionError or MemoryError when nobody can tell.

    Nothing for a file that Python refuses: it runs none of it.
    """
    if b"\0" in data:
        raise ValueError("before Python 3.12, a file with NUL runs up to there")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the student's text, for which there is nobody to read it here
        try:
            return list(ast.walk(ast.parse(data)))
        except SyntaxError:
            return []


def _modules(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The outermost names of all modules that are imported."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every identifier; `os.*` stands for all that `os` has."""
    for node in nodes:
        for field in ("id", "attr", "name", "asname", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name
        if isinstance(node, ast.ImportFrom) and node.module == "os" and node.names[0].name == "*":
            yield "os.*"


def _may_do_otherwise(names: Iterable[str]) -> bool:
    """Whether a program with these names may do something else than the loops that its source shows."""
    return any(name in _WAYS_AROUND or name == "os.*" or name.startswith(_PROGRAM_STARTS) for name in names)


def _only_sleeps(nodes: Sequence[ast.AST]) -> bool:
    """Whether every sleep() stands in such a loop, and the name means that of `time`."""
    if any(_binds_sleep(node) for node in nodes):
        return False
    idle = {id(call) for node in nodes if isinstance(node, ast.While) and _is_idle(node) for call in map(_sleep, node.body)}
    meant = [node for node in nodes if (isinstance(node, ast.Name) and node.id == "sleep") or _is_attribute(node)]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call) and id(node) in idle}
    return bool(meant) and all(id(node) in called for node in meant)


def _is_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "sleep"


def _binds_sleep(node: ast.AST) -> bool:
    """Whether something else may be called `sleep` or `time` from here on."""
    if isinstance(node, ast.Import):
        return any((alias.asname or "") in _SLEEP or (alias.asname and alias.name == "time") for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        other = node.module != "time"
        return any(alias.asname in _SLEEP or (alias.name == "sleep" and (other or alias.asname)) for alias in node.names)
    if isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        return name in _SLEEP and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name in _SLEEP
    return isinstance(node, ast.arg) and node.arg in _SLEEP


def _is_idle(loop: ast.While) -> bool:
    """`while True:` around nothing but sleeps of a fixed length."""
    forever = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return forever and all(_sleep(statement) is not None for statement in loop.body)


def _sleep(statement: ast.stmt) -> ast.Call | None:
    """The call of a statement that is only `time.sleep(0.1)` or `sleep(0.1)`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    function = call.func
    is_sleep = (isinstance(function, ast.Name) and function.id == "sleep") or (
        isinstance(function, ast.Attribute)
        and function.attr == "sleep"
        and isinstance(function.value, ast.Name)
        and function.value.id == "time"
    )
    fixed = len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and not call.keywords
    return call if is_sleep and fixed else None
