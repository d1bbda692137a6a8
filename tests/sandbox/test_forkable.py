"""Which programs may be forked from a running interpreter: whatever could tell gets a new one."""

from __future__ import annotations

import pytest

from grader.sandbox.forkable import modules_of

INDIFFERENT_PROGRAMS = {
    "no imports": ("print('x')", ()),
    "imports": ("import socket, threading as t\nfrom datetime import datetime", ("datetime", "socket", "threading")),
    "a submodule": ("import urllib.parse\nfrom os import path", ("os", "os.path", "urllib.parse")),
    "one that is not imported by name": ("from concurrent import futures", ("concurrent", "concurrent.futures")),
    "imports in a function": ("def f():\n    import json", ("json",)),
    "a set in which something is looked up": ("print(input() in {'y', 'yes'}, 1 not in {2})", ()),
    "an attribute named like a function that tells": ("import re\nprint(re.compile('x').flags)", ("re",)),
    "keys": ("for key in {}.keys(): print(key)", ()),
    "a relative import": ("from . import helper", ()),
}
TELLING_PROGRAMS = {
    "a set": "names = {'a', 'b'}",
    "a set made by a comprehension": "print({n for n in 'abc'})",
    "a set by its name": "print(set('abc'))",
    "a set that is looked up and printed": "s = {'a'}\nprint('a' in s)",
    "a set asked of": "print('a' in {'a'}, {'b'} == {'a'})",
    "a frozen set": "x = frozenset",
    "a hash": "print(hash('a'))",
    "a set of keys": "print({}.keys() - {})",
    "code that nobody can read": "exec(input())",
    "an expression that nobody can read": "print(eval('1'))",
    "all names of a module": "from os import *",
    "a stack": "import logging\nlogging.warning('x', stack_info=True)",
    "frames": "import sys\nprint(sys._getframe())",
    "a hook": "import sys\nsys.excepthook = print",
    "the limit of recursion": "import sys\nsys.setrecursionlimit(10**6)",
    "modules": "import sys\nprint(sys.modules)",
    "a finaliser": "class A:\n    def __del__(self): pass",
    "a module that nobody has looked at": "import ctypes",
    "a module that is not there": "import requests",
    "a part of one that nobody has looked at": "import multiprocessing.pool",
    "the file system of processes": "open('/proc/self/stat')",
    "no Python": "print(",
    "a null byte": "x = '\0'",
}


@pytest.mark.parametrize(("source", "modules"), INDIFFERENT_PROGRAMS.values(), ids=INDIFFERENT_PROGRAMS)
def test_what_cannot_tell_is_forked_with_its_modules_loaded(source: str, modules: tuple[str, ...]) -> None:
    assert modules_of({"p.py": source.encode()}, ["p.py", "helper.py"]) == modules


@pytest.mark.parametrize("source", TELLING_PROGRAMS.values(), ids=TELLING_PROGRAMS)
def test_what_could_tell_is_not_forked(source: str) -> None:
    assert modules_of({"p.py": b"print()", "other.py": source.encode()}, ["p.py", "other.py"]) is None


def test_text_that_is_not_what_it_says_is_not_forked() -> None:
    assert modules_of({"p.py": "# é\nprint()".encode("latin-1")}, ["p.py"]) is None
    assert modules_of({"p.py": "# coding: latin-1\n# é\nprint()".encode("latin-1")}, ["p.py"]) == ()


@pytest.mark.parametrize("name", ["socket.py", "json/__init__.py", "json/readme.txt", "socket.cpython-311-x86_64-linux-gnu.so"])
def test_a_module_that_hides_one_of_the_standard_library_is_not_passed_over(name: str) -> None:
    assert modules_of({"p.py": b"import socket"}, ["p.py", name]) is None


def test_what_lies_in_the_folder_is_not_of_the_standard_library() -> None:
    assert modules_of(
        {"p.py": b"import helper, sub.part", "helper.py": b"import json"}, ["p.py", "helper.py", "sub/part.py"]
    ) == ("json",)


def test_files_that_are_no_programs_are_not_read() -> None:
    assert modules_of({"p.py": b"", "notes.txt": b"{1, 2} ("}, ["p.py", "notes.txt"]) == ()
