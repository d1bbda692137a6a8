"""What may go wrong in one place of a program: for a node of its syntax tree, others that could stand there. Pure.

Each is a slip that somebody who writes such a program makes, or its plainest stand-in: the other comparison, one more or one
less, a piece left out. Where nodes are put into a program: `mutants`.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import TypeVar

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv,
}  # fmt: skip
FORGOTTEN = {"encode", "decode", "strip", "rstrip", "lstrip"}
"""Methods that are forgotten also where they are called on a plain name."""

Instead = ast.AST | list[ast.stmt]
"""What stands in a node's place: another node, or several statements for one."""
Node = TypeVar("Node", bound=ast.AST)


def other_nodes(node: ast.AST) -> Iterator[tuple[str, Instead]]:
    """Yield what may stand in the place of `node`, each with the kind of the mistake. `node` is not changed."""
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BinOp(op=operator) if type(operator) in OPERATORS:
            yield "operator", _with(node, op=OPERATORS[type(operator)]())
        case ast.BoolOp(op=operator):
            yield "operator", _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.If() | ast.While() | ast.IfExp():
            yield from _conditions(node)
        case ast.Call():
            yield from _calls(node)
        case ast.Await(value=awaited):
            yield "call", awaited
        case ast.Try():
            yield from _handlers(node)
        case ast.ExceptHandler():
            yield from _exceptions(node)
        case ast.With(items=[item], body=body):
            yield "statement", [_opened(item), *body]
        case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            yield "statement", ast.Pass()
            if isinstance(node, ast.Return) and node.value is not None:
                yield "result", ast.Return()


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, ast.Compare]]:
    first, *rest = node.ops
    if type(first) in COMPARISONS:
        yield "comparison", _with(node, ops=[COMPARISONS[type(first)](), *rest])
        if rest:
            yield "comparison", _with(node, ops=[first, *(COMPARISONS.get(type(op), type(op))() for op in rest)])


def _constants(value: object) -> Iterator[tuple[str, ast.Constant]]:
    match value:
        case bool():
            yield "constant", ast.Constant(not value)
        case int() | float():
            yield "constant", ast.Constant(value + 1)
            if value > 0:
                yield "constant", ast.Constant(value - 1)
        case str():
            yield "text", ast.Constant(_other_text(value))
            yield "text", ast.Constant(value[:-1])
        case bytes():
            yield "text", ast.Constant(_other_text(value.decode("latin-1")).encode("latin-1"))
            yield "text", ast.Constant(value[:-1])


def _other_text(text: str) -> str:
    """The text with its middle letter in the other case, or with an x behind it if it has no letter."""
    letters = [at for at, sign in enumerate(text) if sign.isascii() and sign.isalpha()]
    if not letters:
        return text + "x"
    at = letters[len(letters) // 2]
    return text[:at] + text[at].swapcase() + text[at + 1 :]


def _conditions(node: ast.If | ast.While | ast.IfExp) -> Iterator[tuple[str, ast.AST]]:
    if "__name__" in ast.unparse(node.test):
        return
    if not isinstance(node.test, ast.Constant):
        yield "condition", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.While) and not node.orelse:  # one recv() is not all
        yield "condition", ast.If(test=node.test, body=node.body, orelse=[])


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    args, keywords, func = node.args, node.keywords, node.func
    if len(args) > 1 and not any(isinstance(arg, ast.Starred) for arg in args[:2]):
        yield "arguments", _with(node, args=[args[1], args[0], *args[2:]])
    if len(args) == 1 and not keywords and not isinstance(args[0], ast.Starred | ast.GeneratorExp):
        yield "call", args[0]
    for number in range(len(keywords)):
        yield "arguments", _with(node, keywords=keywords[:number] + keywords[number + 1 :])
    if isinstance(func, ast.Attribute):
        if not isinstance(func.value, ast.Name) or func.attr in FORGOTTEN:
            yield "call", func.value
        if func.attr == "sendall":
            yield "call", _with(node, func=_with(func, attr="send"))


def _handlers(node: ast.Try) -> Iterator[tuple[str, Instead]]:
    """Each handler forgotten; without the last one there is no `try`, unless something is done in the end."""
    for number in range(len(node.handlers)):
        left = node.handlers[:number] + node.handlers[number + 1 :]
        if left or node.finalbody:
            yield "exceptions", _with(node, handlers=left, orelse=node.orelse if left else [])
        else:
            yield "exceptions", [*node.body, *node.orelse]


def _exceptions(node: ast.ExceptHandler) -> Iterator[tuple[str, ast.ExceptHandler]]:
    if node.type is None:
        return
    if isinstance(node.type, ast.Tuple) and len(node.type.elts) > 1:
        for number in range(len(node.type.elts)):
            left = node.type.elts[:number] + node.type.elts[number + 1 :]
            yield "exceptions", _with(node, type=left[0] if len(left) == 1 else _with(node.type, elts=left))
    yield "exceptions", _with(node, type=ast.Name("Exception"))


def _opened(item: ast.withitem) -> ast.stmt:
    """What `with` opens, and nobody closes."""
    opens = item.context_expr
    if item.optional_vars is None:
        return ast.Expr(opens)
    return ast.copy_location(ast.Assign(targets=[item.optional_vars], value=opens), opens)


def _with(node: Node, **fields: object) -> Node:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other
