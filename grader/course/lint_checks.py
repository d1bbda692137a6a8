"""What is wrong in the source of an assignment's checks, by its syntax tree. Nothing is run, and no file is read in here.

Sources come by the names of their files: those that begin with `test_` have the checks, the others are helpers beside them, whom
they import as `from .helper import …`. Each fault is the name of a file and one sentence that begins with a line. What else
`grader verify` looks at is in `lint`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

PREFIX = "test_"
ENGINE = "grader.checks"

Fault = tuple[str, str]
"""A file's name, and what is wrong in it."""


def has_checks(file: str) -> bool:
    """Whether a file of that name is where checks stand."""
    return file.startswith(PREFIX)


def faults_of_checks(sources: Mapping[str, str], promised: Sequence[str]) -> list[Fault]:
    """Faults of all files of an assignment's checks; `promised` are the checks of assignment.toml, in its order."""
    trees, faults = {}, []
    for file, source in sources.items():
        try:
            trees[file] = ast.parse(source)
        except SyntaxError as error:
            faults.append((file, f"line {error.lineno}: this is not Python: {error.msg}."))
    functions = _functions(trees, promised)
    if not faults:  # else nobody knows which checks there are
        faults += _promises(functions, promised)
    for place, (file, function) in enumerate(functions):
        faults += [(file, fault) for fault in _faults_of_check(function, [other for _, other in functions[:place]])]
    helpers = {file.removesuffix(".py") for file in sources if not has_checks(file)}
    for file, tree in trees.items():
        faults += [(file, fault) for fault in _faults_of_code(tree, helpers)]
    return faults


def faults_of_needs(sources: Mapping[str, str], points: Mapping[str, int]) -> list[Fault]:
    """Checks on which too much hangs: when one fails, all that need it are skipped, and all that need them.

    `points` are those of each check by id. One mistake must cost its own points, so at most half of all may hang on one check.
    """
    try:
        functions = _functions({file: ast.parse(source) for file, source in sources.items()}, list(points))
    except SyntaxError:
        return []  # faults_of_checks has said so
    needs = {_id(function): _needs_of(function) for _, function in functions}
    faults, most = [], sum(points.values())
    for file, function in functions:
        lost = sum(points.get(id, 0) for id in _reach(_id(function), needs))
        if 2 * lost > most:
            fault = (
                f"line {function.lineno}: {function.name} takes {lost} of {most} points with it when it fails: checks need it, "
                "directly or through others. Need a check only where the question cannot be asked without it."
            )
            faults.append((file, fault))
    return faults


def faults_of_scenarios(sources: Mapping[str, str], handout: str) -> list[Fault]:
    """Checks whose scenarios name no sentence of the handout that allows them: then they may ask what nobody has promised."""
    try:
        functions = _functions({file: ast.parse(source) for file, source in sources.items()}, [])
    except SyntaxError:
        return []  # faults_of_checks has said so
    text, faults = " ".join(handout.split()), []
    for file, function in functions:
        here = f"line {function.lineno}: {function.name}"
        call = next((call for call in map(_scenarios_call, function.decorator_list) if call), None)
        takes = any(argument.arg == "scenario" for argument in function.args.args)
        if takes and call is None:
            faults.append((file, f"{here} takes `scenario`; add @scenarios(…) below @check(…)."))
        if call is None:
            continue
        if not takes:
            faults.append((file, f"{here} has the decorator @scenarios(…) and does not take `scenario`."))
        says = next((keyword.value for keyword in call.keywords if keyword.arg == "says"), None)
        if not (isinstance(says, ast.Constant) and isinstance(says.value, str) and says.value.strip()):
            faults.append((file, f"{here}: write says as one text, the handout's sentence that allows the scenarios."))
        elif " ".join(says.value.split()) not in text:
            faults.append((file, f"{here}: the handout does not say {says.value!r}; quote it word for word."))
    return faults


def _functions(trees: Mapping[str, ast.Module], promised: Sequence[str]) -> list[tuple[str, ast.FunctionDef]]:
    """Every check with its file, in the order in which they are run: that of assignment.toml."""
    found = [
        (file, node)
        for file, tree in trees.items()
        if has_checks(file)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIX)
    ]
    order = {id: place for place, id in enumerate(promised)}
    return sorted(found, key=lambda pair: order.get(_id(pair[1]), len(order)))


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


def _promises(functions: Sequence[tuple[str, ast.FunctionDef]], promised: Sequence[str]) -> Iterator[Fault]:
    written = [_id(function) for _, function in functions]
    for file, function in functions:
        if written.count(_id(function)) > 1:
            yield file, f"line {function.lineno}: there are two functions {function.name}; rename one."
        if _id(function) not in promised:
            yield file, f"line {function.lineno}: the check {_id(function)} has no points; add it to assignment.toml."
    files = list(dict.fromkeys(file for file, _ in functions))
    for id in promised:
        if id not in written and files:
            fault = f"line 1: there is no function {PREFIX}{id}, which assignment.toml promises; write it, or take it out there."
            yield files[0], fault
    if sorted(written) == sorted(promised):
        for file in files:
            lines = [function.lineno for other, function in functions if other == file]
            if lines != sorted(lines):
                yield file, "line 1: the checks stand in another order than in assignment.toml; use one order."


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


def _check_call(decorator: ast.expr, called: str = "check") -> ast.Call | None:
    """`decorator` as a call of `check` or `checks.check`, or what else it is `called`, else None."""
    if not isinstance(decorator, ast.Call):
        return None
    name = decorator.func.attr if isinstance(decorator.func, ast.Attribute) else getattr(decorator.func, "id", "")
    return decorator if name == called else None


def _scenarios_call(decorator: ast.expr) -> ast.Call | None:
    return _check_call(decorator, "scenarios")


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


def _faults_of_code(tree: ast.Module, helpers: Collection[str]) -> Iterator[str]:
    allowed = {ENGINE, *(f".{name}" for name in helpers)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: an assert blames the grader; raise Mismatch or Missing, which say what happened."
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for module in _modules(node):
                if module not in allowed and module.partition(".")[0] not in sys.stdlib_module_names:
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
