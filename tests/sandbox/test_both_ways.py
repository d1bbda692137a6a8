"""A program cannot tell whether the launcher forked it or a new interpreter runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox import outer
from grader.sandbox.probe import probe
from tests.sandbox.run_both_ways import EACH_TIME, PROGRAMS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """What `run_both_ways` has to say."""
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(f"only in a sandbox: {error}")
    argv = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.sandbox.run_both_ways import main; main()",
    ]
    command = outer.command(capability.outer, argv, outer.readable_folders(ROOT))
    run = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, timeout=300, check=True, env={"PATH": os.environ["PATH"]})
    found: dict[str, Any] = json.loads(run.stdout)
    return found


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
