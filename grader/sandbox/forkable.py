"""Which programs may be forked from an interpreter that is running, and what it should have imported by then. No process in here.

A forked program must not be able to tell, and its verdict must not depend on it. So the rule is narrow: every module of the
standard library that it imports is on our list, and it uses nothing that shows the seed of hashes, the frames below its own, or
what else an interpreter carries with it. All other programs get an interpreter of their own: that is slower, never wrong.
"""

from __future__ import annotations

import ast
import functools
import io
import sys
import tokenize
import warnings
from collections.abc import Iterable, Mapping

INDIFFERENT = frozenset(
    (
        "__future__", "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "bisect", "calendar", "cmd",
        "collections", "collections.abc", "concurrent", "concurrent.futures", "contextlib", "copy", "csv",
        "dataclasses", "datetime", "decimal", "email.utils", "enum", "errno", "fnmatch", "fractions", "functools",
        "getpass", "glob", "hashlib", "heapq", "html", "http", "http.client", "http.server", "io", "ipaddress",
        "itertools", "json", "keyword", "locale", "logging", "math", "mimetypes", "numbers", "operator", "os",
        "os.path", "pathlib", "pprint", "queue", "random", "re", "sched", "secrets", "select", "selectors", "shlex",
        "shutil", "signal", "socket", "socketserver", "sqlite3", "ssl", "stat", "statistics", "string", "struct", "sys",
        "tempfile", "textwrap", "threading", "time", "timeit", "types", "typing", "unicodedata", "urllib",
        "urllib.parse", "uuid", "zoneinfo",
    )
)  # fmt: skip
"""Modules of which a program cannot tell whether it imported them itself or found them imported."""

_TELLING_BUILTINS = frozenset(
    ("set", "frozenset", "hash", "eval", "exec", "compile", "breakpoint", "__import__", "__builtins__", "__loader__")
)
"""Functions without a module: of sets, whose order differs from one interpreter to the next, and of code that we cannot read."""
_TELLING = frozenset(
    (
        # frames, and what is below a program's first one
        "_getframe", "_getframemodulename", "_current_frames", "_current_exceptions", "currentframe", "stack", "f_back",
        "print_stack", "format_stack", "extract_stack", "walk_stack", "StackSummary", "stack_info", "stacklevel", "settrace",
        "setprofile", "gettrace", "getprofile", "monitoring", "excepthook", "__excepthook__", "unraisablehook",
        "getrecursionlimit", "setrecursionlimit",
        # what an interpreter carries with it
        "modules", "meta_path", "path_hooks", "path_importer_cache", "getrefcount", "getallocatedblocks", "_xoptions",
        "get_objects", "__del__", "__hash__", "ProcessPoolExecutor",
        # a death at which the interpreter itself writes down its frames
        "abort", "SIGABRT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL",
    )
)  # fmt: skip
"""Attributes, and names imported from modules, for which a program has a use only if it could tell."""
_TELLING_TEXTS = ("/proc", "PYTHON")


def modules_of(files: Mapping[str, bytes], present: Iterable[str]) -> tuple[str, ...] | None:
    """Return the modules that Python files import, to be loaded ahead; None when the program needs an interpreter of its own.

    `files` are the programs, `present` the names of everything in their folder: a module there hides one of the standard library.
    """
    own = {name.partition("/")[0].removesuffix(".py").partition(".")[0] for name in present}
    if own & sys.stdlib_module_names:
        return None
    found: set[str] = set()
    for name, data in files.items():
        if name.endswith(".py"):
            if _could_tell(data):
                return None
            found.update(imports_of(data))
    foreign = {module for module in found if module.partition(".")[0] not in own}
    if not foreign <= INDIFFERENT:
        return None
    return tuple(sorted(foreign))


@functools.lru_cache(maxsize=256)
def imports_of(source: bytes) -> tuple[str, ...]:
    """The modules that a Python file imports, by absolute name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in INDIFFERENT)
    return tuple(sorted(found))


@functools.lru_cache(maxsize=256)
def _could_tell(source: bytes) -> bool:
    """Whether a file uses what shows how its interpreter was started, or is no Python, of which Python itself must speak."""
    try:
        with warnings.catch_warnings(action="ignore"):  # the program will give them itself
            tree = ast.parse(source)
        source.decode(tokenize.detect_encoding(io.BytesIO(source).readline)[0])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    nodes = list(ast.walk(tree))
    asked = {id(other) for node in nodes if isinstance(node, ast.Compare) for other in _asked_only(node)}
    return any(_tells(node) for node in nodes if id(node) not in asked)


def _asked_only(node: ast.Compare) -> list[ast.expr]:
    """Sets in which something is only looked up: `answer in {"y", "yes"}`."""
    pairs = zip(node.ops, node.comparators, strict=True)
    return [other for operator, other in pairs if isinstance(operator, (ast.In, ast.NotIn)) and isinstance(other, ast.Set)]


def _tells(node: ast.AST) -> bool:
    """Whether a program with this in it could tell."""
    if isinstance(node, ast.Name):
        return node.id in _TELLING_BUILTINS
    if isinstance(node, ast.Attribute):
        return node.attr in _TELLING
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.name in _TELLING
    if isinstance(node, ast.keyword):
        return node.arg in _TELLING
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in _TELLING or alias.name == "*" for alias in node.names)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and any(text in node.value for text in _TELLING_TEXTS)
    if isinstance(node, (ast.Set, ast.SetComp)):
        return True
    if isinstance(node, ast.BinOp):  # of two dictionaries' keys: a set
        return any(isinstance(part, ast.Call) and _ends_in(part.func, "keys", "items") for part in (node.left, node.right))
    return False


def _ends_in(function: ast.expr, *names: str) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in names
