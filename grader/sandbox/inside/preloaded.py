"""Runs on the student's side, as a part of launch.py: modules imported ahead of programs, and put out of sight again.

A program that is forked must find loaded what a new interpreter would have loaded and what it imports itself, and nothing else.
So it is noted which module imports which, from the first import on: nothing is imported above that is not in every interpreter.
"""

import builtins
import gc
import sys

_imports: "dict[str, set[str]]" = {}
"""Module -> names of those that it imports."""
_in_progress = ["__main__"]
_MACHINERY = ("importlib._bootstrap", "importlib._bootstrap_external")
_import = builtins.__import__


def load(names: "list[str]") -> None:
    """Import these modules, for all runs from now on. What cannot be imported is left for the program to find out."""
    new = [name for name in names if name not in sys.modules]
    if not new:
        return
    builtins.__import__ = _note  # type: ignore[assignment]
    for name in new:
        try:
            __import__(name)
        except Exception:
            continue
    builtins.__import__ = _import
    gc.collect()
    gc.freeze()  # a collection writes to what it looks at, and a run shares our memory as long as nobody writes to it


def _note(name: str, globals: object = None, locals: object = None, fromlist: "tuple[str, ...]" = (), level: int = 0) -> object:
    """In the place of the built-in `__import__`: the same, noted."""
    about = globals if isinstance(globals, dict) else {}
    importer, full = str(about.get("__name__", "")), name
    if level:
        package = str(about.get("__package__") or importer.rpartition(".")[0]).rsplit(".", level - 1)[0]
        full = f"{package}.{name}" if name else package
    if importer in _MACHINERY:  # a module written in C, which is just being loaded
        importer = _in_progress[-1]
    _imports.setdefault(importer, set()).update([full, *(f"{full}.{item}" for item in fromlist or ())])
    _in_progress.append(full)
    try:
        return _import(name, globals, locals, fromlist, level)  # type: ignore[arg-type]
    finally:
        _in_progress.pop()


def park(bare: "frozenset[str]", wanted: "list[str]") -> None:
    """Put out of sight every module but the `bare` ones, the `wanted` ones, and what those import.

    The parked are never freed: that would take time, and touch memory that is shared.
    """
    import ctypes

    needed = set(bare)
    to_do = list(wanted)
    while to_do:
        name = to_do.pop()
        if name in sys.modules and name not in needed:
            needed.add(name)
            to_do += [*_imports.get(name, ()), name.rpartition(".")[0]]
    needed.update(name for name in sys.modules if _is_part(name) and name.rpartition(".")[0] in needed)
    parked = [(name, sys.modules.pop(name)) for name in list(sys.modules) if name not in needed]
    for name, module in parked:
        parent, _, child = name.rpartition(".")
        if parent in needed and getattr(sys.modules[parent], child, None) is module:
            delattr(sys.modules[parent], child)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(parked))


def _is_part(name: str) -> bool:
    """Whether this is no file of its own, but was made by the module that it is named after, as `os.path` is."""
    parent = sys.modules.get(name.rpartition(".")[0])
    return parent is not None and not hasattr(parent, "__path__")
