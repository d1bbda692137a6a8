"""Whatever a job or an answer holds arrives as it was sent: every field is filled here, one that is new by itself."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.codec import from_line, from_plain, to_line, to_plain
from grader.grading.wire import Answer
from grader.model import CheckResult, Isolation, Job, Result, ResultStatus

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)  # halves of surrogate pairs are in it
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bytes: st.binary(max_size=8),
    bool: st.booleans(),
    int: st.integers(),
    float: st.floats(allow_nan=False),
    Path: TEXT.map(Path),
    type(None): st.none(),
}


def whole(kind: type) -> st.SearchStrategy[Any]:
    """Values of a dataclass with all of its fields filled, those that have a default, too."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: filled(hints[field.name]) for field in dataclasses.fields(kind)})


def filled(hint: Any) -> st.SearchStrategy[Any]:
    if hint in PLAIN:
        return PLAIN[hint]
    if dataclasses.is_dataclass(hint):
        return whole(hint)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    inner = [filled(part) for part in get_args(hint) if part is not Ellipsis]
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of(inner)
    if get_origin(hint) is tuple:
        return st.lists(inner[0], max_size=2).map(tuple)
    assert get_origin(hint) is Mapping, hint
    return st.dictionaries(*inner, max_size=2)


def arrived(value: Any) -> Any:
    line = to_line(value)
    assert b"\n" not in line
    return from_line(type(value), line)


@given(whole(Job))
def test_any_job_arrives(job: Job) -> None:
    assert arrived(job) == job


@given(whole(Answer))
def test_any_answer_arrives(answer: Answer) -> None:
    assert arrived(answer) == answer


@given(whole(CheckResult))
def test_any_outcome_of_a_check_is_the_same_behind_its_plain_form(check: CheckResult) -> None:
    assert from_plain(CheckResult, to_plain(check)) == check


def test_kinds_arrive_as_what_they_were() -> None:
    result = Result("s01", "echo", ResultStatus.GRADED, 1.0, 2.0, (), Isolation.SANDBOX, rubric={"style": 1.5})
    back = arrived(Answer(result)).result
    assert isinstance(back.status, ResultStatus)
    assert isinstance(back.checks, tuple)
    assert isinstance(back.score, float)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (b"", "Expecting value"),
        (b'{"result": 3}', "$.result"),
        (b'{"result": {"student": "s01"}}', "missing required field `assignment` - at `$.result`"),
        (
            to_line(Answer(Result("s01", "echo", ResultStatus.GRADED, 1, 2, (), Isolation.SANDBOX))).replace(b"graded", b"fine"),
            "fine",
        ),
        (b'{"changed": "hosts"}', "$.changed"),
        (b"\xff", "utf-8"),
    ],
)
def test_what_is_no_answer_is_told(line: bytes, where: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).+") as caught:
        from_line(Answer, line)
    assert where in str(caught.value)


def test_what_has_no_plain_form_is_told() -> None:
    with pytest.raises(TypeError, match="a object has no plain form"):
        to_plain(Answer(object()))  # type: ignore[arg-type]


def test_a_text_of_a_class_of_its_own_travels_as_text() -> None:
    class Name(str):
        pass

    assert arrived(Answer(changed=(Name("hosts"),))) == Answer(changed=("hosts",))
