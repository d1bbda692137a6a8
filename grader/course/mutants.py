"""Small mistakes made on purpose: a program, by its syntax tree, with one place changed. Nothing is graded or run in here.

Which mistakes there are: `mutations`. The same program always gives the same mutants, in the order of their lines.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from grader.course.mutations import Instead, other_nodes
from grader.model import Assignment

T = TypeVar("T")


@dataclass(frozen=True)
class Mutant:
    """One wrong program."""

    file: str
    line: int
    """Of what was changed, in the right program."""
    kind: str
    before: str
    """The first line that differs, as `ast.unparse` writes it."""
    after: str
    source: str
    occurrence: int = 1
    """Counts the mutants of a file that have the same two lines, in the order of their lines."""

    @property
    def change(self) -> str:
        return f"`{self.before}` → `{self.after}`"


def mutants(file: str, source: str) -> list[Mutant]:
    """Return every mutant of a program that is still Python and another program than the right one, each once."""
    tree = ast.parse(source)
    right = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for node, parent, field, index in list(_places(tree)):
        for kind, other in other_nodes(node):
            text = _unparsed(tree, parent, field, index, other)
            if text != right and text not in found and _is_python(text):
                before, after = _first_difference(right, text)
                found[text] = Mutant(file, getattr(node, "lineno", 0), kind, before, after, text + "\n")
    return _counted(sorted(found.values(), key=lambda mutant: mutant.line))


def mutants_of(root: Path, assignment: Assignment) -> list[tuple[Mutant, dict[str, bytes]]]:
    """Return all mutants of an assignment's solution, each with the files that are handed in. Notebooks have none."""
    folder = root / "solutions" / assignment.slug
    files = {name: (folder / name).read_bytes() for name in assignment.files if (folder / name).is_file()}
    every = [mutant for name in sorted(files) if name.endswith(".py") for mutant in mutants(name, files[name].decode())]
    return [(mutant, files | {mutant.file: mutant.source.encode()}) for mutant in every]


def evenly(every: Sequence[T], sample: int) -> list[T]:
    """At most `sample` of them, evenly spread."""
    if len(every) <= sample:
        return list(every)
    return [every[number * len(every) // sample] for number in range(sample)]


def share(sample: int, part: int, parts: int) -> int:
    """What part number `part` (from 0) of `parts` gets of `sample`, so that all together get that many."""
    return sample * (part + 1) // parts - sample * part // parts


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str, int | None]]:
    """Every node that may be changed, its parent, the field that holds it, and its index there if that is a list.

    No docstring, annotation or import, not the test of `if __name__ == "__main__"`, and of a list of rows the first row only.
    """
    left_alone = {id(node) for top in ast.walk(tree) for part in _left_alone(top) for node in ast.walk(part)}
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            nodes = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for index, node in nodes:
                if isinstance(node, ast.AST) and id(node) not in left_alone:
                    yield node, parent, field, index


def _left_alone(node: ast.AST) -> list[ast.AST]:
    """The parts of a node in which nothing is changed."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return [node]
        case ast.If(test=test) if "__name__" in ast.unparse(test):
            return [test]
        case ast.List(elts=[ast.Tuple(), *others]) if all(isinstance(other, ast.Tuple) for other in others):
            return list(others)
        case ast.AnnAssign(annotation=part) | ast.arg(annotation=ast.AST() as part) | ast.FunctionDef(returns=ast.AST() as part):
            return [part]
    return []


def _unparsed(tree: ast.AST, parent: ast.AST, field: str, index: int | None, other: Instead) -> str:
    """The program with `other` in this place, as text. The tree is afterwards as it was."""
    before = getattr(parent, field)
    new: object = other
    if index is not None:
        new = [*before[:index], *(other if isinstance(other, list) else [other]), *before[index + 1 :]]
    setattr(parent, field, new)
    try:
        return ast.unparse(tree)
    finally:
        setattr(parent, field, before)


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _first_difference(right: str, wrong: str) -> tuple[str, str]:
    """The first line that differs, in both. A dropped statement leaves a `pass`, so those lines stand side by side."""
    pairs = zip(right.splitlines(), wrong.splitlines(), strict=False)
    return next(((one.strip(), other.strip()) for one, other in pairs if one.strip() != other.strip()), ("", ""))


def _counted(every: Sequence[Mutant]) -> list[Mutant]:
    seen: Counter[tuple[str, str]] = Counter()
    counted = []
    for mutant in every:
        seen[mutant.before, mutant.after] += 1
        counted.append(replace(mutant, occurrence=seen[mutant.before, mutant.after]))
    return counted
