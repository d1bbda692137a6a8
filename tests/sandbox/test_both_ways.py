"""A program cannot tell whether the launcher forked it or a new interpreter runs it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.sandbox.in_namespaces import run_in_namespaces
from tests.sandbox.run_both_ways import EACH_TIME, PROGRAMS


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """What `run_both_ways` has to say."""
    return run_in_namespaces("run_both_ways")


def without_addresses(value: object) -> str:
    """As JSON; where something lies in memory differs from run to run."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", json.dumps(value, indent=1))


def test_forked_or_not_it_sees_the_same(shown: dict[str, Any]) -> None:
    different = {}
    for title, program in shown["both"].items():
        by_launcher, alone = map(without_addresses, program["seen"])
        if by_launcher != alone:
            different[title] = (by_launcher, alone)
    assert not different


@pytest.mark.parametrize("title", PROGRAMS)
def test_what_could_tell_is_not_forked(shown: dict[str, Any], title: str) -> None:
    assert shown["both"][title]["forked"] is PROGRAMS[title].get("forked", True)


@pytest.mark.parametrize("title", EACH_TIME)
def test_what_is_random_is_so_in_each_run(shown: dict[str, Any], title: str) -> None:
    assert len(set(shown["each_time"][title])) == 4
