"""What is wrong in the source of an assignment's checks, by its syntax tree. Nothing is run, and no file is read in here.

Each fault is one sentence that begins with its line. What else `grader verify` looks at is in `verify`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

PREFIX = "test_"
ENGINE = "grader.checks"


def faults_of_checks(source: str, promised: Sequence[str]) -> list[str]:
    """Faults of a `test_<slug>.py`; `promised` are the checks of assignment.toml, in its order."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"line {error.lineno}: this is not Python: {error.msg}."]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIX)]
    return [
        *_promises(functions, promised),
        *chain.from_iterable(_faults_of_check(function, functions[:place]) for place, function in enumerate(functions)),
        *_faults_of_code(tree),
    ]


def faults_of_helper(source: str) -> list[str]:
    """Faults of another file beside it."""
    try:
        return [*_faults_of_code(ast.parse(source))]
    except SyntaxError as error:
        return [f"line {error.lineno}: this is not Python: {error.msg}."]


def faults_of_needs(source: str, points: Mapping[str, int]) -> list[str]:
    """Checks of a `test_<slug>.py` on which too much hangs: when one fails, all that need it are skipped, and all that need them.

    `points` are those of each check by id. One mistake must cost its own points, so at most half of all may hang on one check.
    """
    try:
        functions = [
            node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIX)
        ]
    except SyntaxError:
        return []  # faults_of_checks has said so
    needs = {_id(function): _needs_of(function) for function in functions}
    faults, most = [], sum(points.values())
    for function in functions:
        lost = sum(points.get(id, 0) for id in _reach(_id(function), needs))
        if 2 * lost > most:
            faults.append(
                f"line {function.lineno}: {function.name} takes {lost} of {most} points with it when it fails: checks need it, "
                "directly or through others. Need a check only where the question cannot be asked without it."
            )
    return faults


def _reach(id: str, needs: Mapping[str, Sequence[str]]) -> set[str]:
    """Every check that is skipped when `id` fails. A check needs earlier ones only, so one pass over them in order is enough."""
    reached: set[str] = set()
    for other, needed in needs.items():
        if {id, *reached} & set(needed):
            reached.add(other)
    return reached


def _needs_of(function: ast.FunctionDef) -> Sequence[str]:
    for call in filter(None, map(_check_call, function.decorator_list)):
        for keyword in call.keywords:
            if keyword.arg == "needs" and isinstance(keyword.value, ast.List | ast.Tuple):
                return [str(item.value) for item in keyword.value.elts if isinstance(item, ast.Constant)]
    return []


def _id(function: ast.FunctionDef) -> str:
    return function.name.removeprefix(PREFIX)


def _promises(functions: Sequence[ast.FunctionDef], promised: Sequence[str]) -> Iterator[str]:
    written = [_id(function) for function in functions]
    for function in functions:
        if written.count(_id(function)) > 1:
            yield f"line {function.lineno}: there are two functions {function.name}; rename one."
        if _id(function) not in promised:
            yield f"line {function.lineno}: the check {_id(function)} has no points; add it to assignment.toml."
    for id in promised:
        if id not in written:
            yield f"line 1: there is no function {PREFIX}{id}, which assignment.toml promises; write it, or take it out there."
    if sorted(written) == sorted(promised) and written != list(promised):
        yield "line 1: the checks stand in another order than in assignment.toml; use one order."


def _faults_of_check(function: ast.FunctionDef, earlier: Sequence[ast.FunctionDef]) -> Iterator[str]:
    here = f"line {function.lineno}: {function.name}"
    title = (ast.get_docstring(function) or "").strip()
    if not title:
        yield f"{here} has no docstring; its one line is the title a student reads."
    elif "\n" in title or title.endswith("."):
        yield f"{here}: the docstring is a title; write one line without a full stop."
    call = next((call for call in map(_check_call, function.decorator_list) if call), None)
    if call is None:
        yield f"{here} has no decorator @check(hint=…); add it."
        return
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    hint = given.get("hint")
    if hint is None or (isinstance(hint, ast.Constant) and not str(hint.value or "").strip()):
        yield f"{here} has no hint; write one sentence that helps a student who fails it."
    if "needs" in given:
        yield from _faults_of_needs(here, given["needs"], {_id(other) for other in earlier})


def _check_call(decorator: ast.expr) -> ast.Call | None:
    """`decorator` as a call of `check` or `checks.check`, else None."""
    if not isinstance(decorator, ast.Call):
        return None
    name = decorator.func.attr if isinstance(decorator.func, ast.Attribute) else getattr(decorator.func, "id", "")
    return decorator if name == "check" else None


def _faults_of_needs(here: str, needs: ast.expr, earlier: set[str]) -> Iterator[str]:
    try:
        ids = ast.literal_eval(needs)
    except ValueError:
        ids = None
    if not isinstance(ids, list | tuple):
        yield f'{here}: write needs as a list of check ids, needs=["…"].'
        return
    for id in ids:
        if id not in earlier:
            yield f"{here} needs {id!r}, which is no check above it; name one that is."


def _faults_of_code(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: an assert blames the grader; raise Mismatch or Missing, which say what happened."
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for module in _modules(node):
                if module != ENGINE and module.partition(".")[0] not in sys.stdlib_module_names:
                    yield f"line {node.lineno}: a check imports from {ENGINE} and the standard library, not from {module}."
        if _is_sleep(node):
            yield f"line {getattr(node, 'lineno', 1)}: never sleep in a check; wait for an event, with a deadline."


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return ["." * node.level + (node.module or "")]


def _is_sleep(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and any(name.name == "sleep" for name in node.names)
    return isinstance(node, ast.Attribute) and node.attr == "sleep" and getattr(node.value, "id", "") == "time"
