"""What may befall the launcher, and what programs try to do to it: `run_launcher` tells what it found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.in_namespaces import run_in_namespaces


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return run_in_namespaces("run_launcher")


EXPECTED = {
    "hello": [0, "hello\n"],
    "attacks process 1": [7, ""],
    "leaves a daemon": [0, "left\n"],
    "and waits for none": True,
    "makes namespaces": [0, "[-1, -1, -1]\nnone\n"],
    "forks": [0, "True\n"],
    "a long command": [0, "50000\n"],
    "many runs": True,
    "has a process": True,
    "killed": [-9, [], None],
    "after its death": [0, "hello again\n"],
    "another one": True,
    "killed without a launcher": -9,
    "and after that": [0, "hello again\n"],
    "changed": [],
    "descriptors more": 0,
    "processes left": [],
}


@pytest.mark.parametrize("asked", EXPECTED)
def test_what_befalls_it_has_no_effect_on_others(found: dict[str, Any], asked: str) -> None:
    assert found[asked] == EXPECTED[asked]


def test_everything_that_was_found_is_expected(found: dict[str, Any]) -> None:
    assert set(found) == set(EXPECTED)
