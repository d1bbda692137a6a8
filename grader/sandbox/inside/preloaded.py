"""Runs on the student's side, as a part of launch.py: modules imported ahead of programs, and put out of sight again.

A program that is forked must find loaded what a new interpreter would have loaded and what it imports itself, and nothing else.
So it is noted which module imports which, from the first import on: nothing is imported above that is not in every interpreter.
Some modules import others only when they are used: those are at hand, too, and come into sight when that happens.
"""

import builtins
import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_LATER = {"socket": ["encodings.idna"], "datetime": ["_strptime"], "time": ["_strptime"]}
"""Module -> those that it imports when it first looks up a name, or reads a date."""
_imports: "dict[str, set[str]]" = {}
"""Module -> names of those that it imports."""
_in_progress = ["__main__"]
_import = builtins.__import__


def load(names: "list[str]") -> None:
    """Import these modules, for all runs from now on. What cannot be imported is left for the program to find out."""
    later = [other for name in names for other in _LATER.get(name, [])]
    new = [name for name in [*names, *later] if name not in sys.modules]
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
    if not _is_being_imported(importer):  # a function of another module, or C, works for the one that is
        importer = _in_progress[-1]
    _imports.setdefault(importer, set()).update([full, *(f"{full}.{item}" for item in fromlist or ())])
    _in_progress.append(full)
    try:
        return _import(name, globals, locals, fromlist, level)  # type: ignore[arg-type]
    finally:
        _in_progress.pop()


def _is_being_imported(name: str) -> bool:
    return bool(getattr(getattr(sys.modules.get(name), "__spec__", None), "_initializing", False))


def park(bare: "frozenset[str]", wanted: "list[str]") -> None:
    """Put out of sight every module but the `bare` ones, the `wanted` ones, and what those import.

    The parked are never freed: that would take time, and touch memory that is shared.
    """
    import ctypes

    loaded = dict(sys.modules)
    needed = bare | _with_imports(wanted, loaded)
    needed |= {name for name in loaded if _is_part(name) and name.rpartition(".")[0] in needed}
    for name in loaded.keys() - needed:
        parent, _, child = name.rpartition(".")
        if parent in needed and getattr(loaded[parent], child, None) is loaded[name]:
            delattr(loaded[parent], child)
        del sys.modules[name]
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(loaded))
    later = [other for name in needed for other in _LATER.get(name, [])]
    sys.meta_path.insert(0, _AtHand(_with_imports(later, loaded) - needed, loaded))


def _with_imports(names: "list[str]", loaded: "dict[str, ModuleType]") -> "set[str]":
    """These modules, with all that they import, and what those import."""
    found: set[str] = set()
    to_do = list(names)
    while to_do:
        name = to_do.pop()
        if name in loaded and name not in found:
            found.add(name)
            to_do += [*_imports.get(name, ()), name.rpartition(".")[0]]
    return found


class _AtHand:
    """Finds and loads (PEP 451) modules that have been loaded before; with one comes all that it has imported itself."""

    def __init__(self, names: "set[str]", loaded: "dict[str, ModuleType]") -> None:
        self._names, self._loaded = names, loaded
        self._specs = {name: loaded[name].__spec__ for name in names}

    def find_spec(self, name: str, path: object = None, target: object = None) -> "ModuleSpec | None":
        spec = self._specs.get(name)
        return type(spec)(name, self) if spec else None  # type: ignore[arg-type]

    def create_module(self, spec: "ModuleSpec") -> "ModuleType":
        return self._loaded[spec.name]

    def exec_module(self, module: "ModuleType") -> None:
        name = module.__name__
        module.__spec__ = self._specs[name]  # Python's import has put in its place what `find_spec` returned
        for other in _with_imports([name], self._loaded) & self._names:
            sys.modules.setdefault(other, self._loaded[other])
            parent, _, child = other.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], child, self._loaded[other])


def _is_part(name: str) -> bool:
    """Whether this is no file of its own, but was made by the module that it is named after, as `os.path` is."""
    parent = sys.modules.get(name.rpartition(".")[0])
    return parent is not None and not hasattr(parent, "__path__")
