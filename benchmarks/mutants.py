"""Small mistakes made on purpose: a program, by its syntax tree, with one place changed. Nothing is graded or run in here.

The same program always gives the same mutants, in the order of their lines.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv,
}  # fmt: skip
DROPPED = (ast.Expr, ast.Assign, ast.AugAssign, ast.Return, ast.Raise, ast.Break, ast.Continue)

Place = tuple[ast.AST, str, int | None]
"""A node's parent, the field that holds it, and its index there if that is a list."""


@dataclass(frozen=True)
class Mutant:
    """One wrong program. `line` is its line in the right one, `before` and `after` are what was changed."""

    file: str
    line: int
    kind: str
    before: str
    after: str
    source: str


def mutants(file: str, source: str) -> list[Mutant]:
    """Return every mutant of a program that is still Python and another program than the right one, each once."""
    tree = ast.parse(source)
    right = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for at, (node, _) in enumerate(_places(tree)):
        for kind, change in _changes(node):
            other = copy.deepcopy(tree)
            _, (parent, field, index) = list(_places(other))[at]
            mutated = change(copy.deepcopy(node))
            if index is None:
                setattr(parent, field, mutated)
            else:
                getattr(parent, field)[index] = mutated
            text = ast.unparse(ast.fix_missing_locations(other))
            if text != right and text not in found and _is_python(text):
                before, after = _first_difference(right, text)
                found[text] = Mutant(file, getattr(node, "lineno", 0), kind, before, after, text + "\n")
    return sorted(found.values(), key=lambda mutant: mutant.line)


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, Place]]:
    """Every node that may be changed: no docstring, annotation or import, and not the test of `if __name__ == "__main__"`."""
    left_alone = {id(node) for top in ast.walk(tree) for part in _left_alone(top) for node in ast.walk(part)}
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            nodes = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, node in nodes:
                if isinstance(node, ast.AST) and id(node) not in left_alone:
                    yield node, (parent, field, index)


def _left_alone(node: ast.AST) -> list[ast.AST]:
    """The parts of a node in which nothing is changed."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return [node]
        case ast.If(test=test) if "__name__" in ast.unparse(test):
            return [test]
        case ast.AnnAssign(annotation=part) | ast.arg(annotation=ast.AST() as part) | ast.FunctionDef(returns=ast.AST() as part):
            return [part]
    return []


Change = Callable[[ast.AST], ast.AST]


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=[only]) if type(only) in COMPARISONS:
            yield "comparison", lambda one: _with(one, ops=[COMPARISONS[type(only)]()])
        case ast.Compare(ops=[first, *rest]) if type(first) in COMPARISONS:
            yield "comparison", lambda one: _with(one, ops=[COMPARISONS[type(first)](), *rest])
            yield "comparison", lambda one: _with(one, ops=[first, *(COMPARISONS.get(type(op), type(op))() for op in rest)])
        case ast.BinOp(op=operator) if type(operator) in OPERATORS:
            yield "operator", lambda one: _with(one, op=OPERATORS[type(operator)]())
        case ast.BoolOp(op=operator):
            yield "operator", lambda one: _with(one, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.Constant(value=value):
            yield from _other_constants(value)
        case ast.If() | ast.While() | ast.IfExp():
            if "__name__" not in ast.unparse(node.test) and not isinstance(node.test, ast.Constant):
                yield "condition", lambda one: _with(one, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Call(args=args, keywords=keywords):
            if len(args) > 1 and not any(isinstance(arg, ast.Starred) for arg in args[:2]):
                yield "arguments", lambda one: _with(one, args=[args[1], args[0], *args[2:]])
            if len(args) == 1 and not keywords and not isinstance(args[0], ast.Starred | ast.GeneratorExp):
                yield "call", lambda one: args[0]
            if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
                yield "call", lambda one: node.func.value
            for number in range(len(keywords)):
                yield "arguments", lambda one, number=number: _with(one, keywords=keywords[:number] + keywords[number + 1 :])
        case ast.ExceptHandler(type=ast.Tuple(elts=[_, *rest])) if rest:
            yield "exceptions", lambda one: _with(one, type=rest[0])
        case _ if isinstance(node, DROPPED):
            yield "statement", lambda one: ast.Pass()
            if isinstance(node, ast.Return) and node.value is not None:
                yield "result", lambda one: ast.Return()


def _other_constants(value: object) -> Iterator[tuple[str, Change]]:
    match value:
        case bool():
            yield "constant", lambda one: ast.Constant(not value)
        case int() | float():
            yield "constant", lambda one: ast.Constant(value + 1)
            if value > 0:
                yield "constant", lambda one: ast.Constant(value - 1)
        case str():
            yield "text", lambda one: ast.Constant(_other_text(value))
            yield "text", lambda one: ast.Constant(value[:-1])
        case bytes():
            yield "text", lambda one: ast.Constant(_other_text(value.decode("latin-1")).encode("latin-1"))
            yield "text", lambda one: ast.Constant(value[:-1])


def _other_text(text: str) -> str:
    """The text with its middle letter in the other case, or with an x behind it if it has no letter."""
    letters = [at for at, sign in enumerate(text) if sign.isascii() and sign.isalpha()]
    if not letters:
        return text + "x"
    at = letters[len(letters) // 2]
    return text[:at] + text[at].swapcase() + text[at + 1 :]


def _with(node: ast.AST, **fields: object) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _first_difference(right: str, wrong: str) -> tuple[str, str]:
    """The first line that differs, in both. Dropped statements leave a `pass`, so lines still stand side by side."""
    pairs = zip(right.splitlines(), wrong.splitlines(), strict=False)
    return next(((one.strip(), other.strip()) for one, other in pairs if one != other), ("", ""))
