"""Mistakes made on purpose: which there are, in which order, and what they are called."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.course.mutants import evenly, mutants, mutants_of, share

ROOT = Path(__file__).resolve().parents[2]


def changes(source: str) -> set[tuple[str, str]]:
    return {(mutant.before, mutant.after) for mutant in mutants("p.py", source)}


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("a = b < 3", "a = b < 3", "a = b <= 3"),
        ("a = 1 <= b <= 3", "a = 1 <= b <= 3", "a = 1 < b <= 3"),
        ("a = 1 <= b <= 3", "a = 1 <= b <= 3", "a = 1 <= b < 3"),
        ("a = b in c", "a = b in c", "a = b not in c"),
        ("a = b + c", "a = b + c", "a = b - c"),
        ("a = b and c", "a = b and c", "a = b or c"),
        ("a = 9128", "a = 9128", "a = 9129"),
        ("a = 9128", "a = 9128", "a = 9127"),
        ("a = True", "a = True", "a = False"),
        ("a = 'hello'", "a = 'hello'", "a = 'heLlo'"),
        ("a = 'hello'", "a = 'hello'", "a = 'hell'"),
        ("a = b'\\r\\n'", "a = b'\\r\\n'", "a = b'\\r'"),
        ("if a:\n    b()", "if a:", "if not a:"),
        ("while a:\n    b()", "while a:", "if a:"),
        ("a(b, c)", "a(b, c)", "a(c, b)"),
        ("a = b(c)", "a = b(c)", "a = c"),
        ("print(a, flush=True)", "print(a, flush=True)", "print(a)"),
        ("a = b.strip()", "a = b.strip()", "a = b"),
        ("a = b.decode('ascii')", "a = b.decode('ascii')", "a = b"),
        ("a = b().lower()", "a = b().lower()", "a = b()"),
        ("a.sendall(b)", "a.sendall(b)", "a.send(b)"),
        ("a.close()", "a.close()", "pass"),
        ("async def a():\n    await b()", "await b()", "b()"),
        ("with a as b:\n    c(b)", "with a as b:", "b = a"),
        ("with a:\n    c()", "with a:", "a"),
        ("try:\n    a()\nexcept OSError:\n    b()", "try:", "a()"),
        ("try:\n    a()\nexcept OSError:\n    b()\nfinally:\n    c()", "except OSError:", "finally:"),
        ("try:\n    a()\nexcept OSError:\n    b()", "except OSError:", "except Exception:"),
        ("try:\n    a()\nexcept (OSError, ValueError):\n    b()", "except (OSError, ValueError):", "except OSError:"),
        ("try:\n    a()\nexcept (OSError, ValueError):\n    b()", "except (OSError, ValueError):", "except ValueError:"),
        ("def a():\n    return b", "return b", "return"),
        ("def a():\n    return b", "return b", "pass"),
    ],
)
def test_a_mistake(source: str, before: str, after: str) -> None:
    assert (before, after) in changes(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""What this is."""\n',
        "import os\n",
        "if __name__ == '__main__':\n    pass\n",
        "def a(b: int) -> str:\n    pass\n",
        "a: dict[str, int]\n",
        "pass\n",
    ],
)
def test_where_nothing_is_changed(source: str) -> None:
    assert mutants("p.py", source) == []


def test_a_mutant_is_a_whole_program_with_one_change_at_a_line_of_the_right_one() -> None:
    source = "# what follows\n\na = 1\nb = [\n    2,\n]\n"
    found = mutants("p.py", source)
    assert {mutant.source for mutant in found if mutant.after == "b = [3]"} == {"a = 1\nb = [3]\n"}
    assert [mutant.line for mutant in found if mutant.after == "b = [3]"] == [5]
    assert all(mutant.file == "p.py" for mutant in found)


def test_of_a_list_of_rows_only_the_first_is_changed() -> None:
    assert ("a = [(1, b), (c, 2)]", "a = [(2, b), (c, 2)]") in changes("a = [(1, b), (c, 2)]")
    assert ("a = [(1, b), (c, 2)]", "a = [(1, b), (c, 3)]") not in changes("a = [(1, b), (c, 2)]")


def test_each_program_is_made_once_and_none_is_the_right_one() -> None:
    source = "a = b and b\nc = 'x'\n"
    texts = [mutant.source for mutant in mutants("p.py", source)]
    assert len(texts) == len(set(texts))
    assert ast.unparse(ast.parse(source)) + "\n" not in texts


def test_lines_that_are_the_same_are_counted() -> None:
    found = mutants("p.py", "a += b\nc()\na += b\n")
    both = [mutant for mutant in found if mutant.before == "a += b"]
    assert [(mutant.line, mutant.occurrence) for mutant in both] == [(1, 1), (3, 2)]


def test_the_same_mutants_every_time_in_the_order_of_lines() -> None:
    source = (ROOT / "solutions" / "echo" / "echo_client.py").read_text()
    found = mutants("echo_client.py", source)
    assert found == mutants("echo_client.py", source)
    assert [mutant.line for mutant in found] == sorted(mutant.line for mutant in found)


def test_of_a_course_every_solution_that_is_a_program_has_mutants_and_every_name_is_of_one() -> None:
    course = load_course(ROOT)
    made = {assignment.slug: mutants_of(ROOT, assignment) for assignment in course.assignments}
    assert [slug for slug, found in made.items() if not found] == ["protocols"]
    for found in made.values():
        names = [(mutant.file, mutant.before, mutant.after, mutant.occurrence) for mutant, _ in found]
        assert len(names) == len(set(names))
        assert all(before.strip() and after.strip() for _, before, after, _ in names)
        assert all(files[mutant.file] == mutant.source.encode() for mutant, files in found)


def test_a_sample_is_spread_evenly() -> None:
    assert evenly(range(10), 4) == [0, 2, 5, 7]
    assert evenly(range(3), 4) == [0, 1, 2]
    assert evenly(range(3), 0) == []


@pytest.mark.parametrize(("sample", "parts"), [(60, 9), (3, 9), (9, 9), (100, 7)])
def test_shares_add_up_and_differ_by_one_at_most(sample: int, parts: int) -> None:
    shares = [share(sample, part, parts) for part in range(parts)]
    assert sum(shares) == sample
    assert max(shares) - min(shares) <= 1
