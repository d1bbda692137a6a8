"""Runs one of the modules beside this in namespaces of its own, as a session is, and reads the JSON that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox import outer
from grader.sandbox.probe import probe

ROOT = Path(__file__).parents[2]
SECONDS = 600


def run_in_namespaces(module: str) -> dict[str, Any]:
    """What `module`'s `main` prints. Skips the test where there is no sandbox."""
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(f"only in a sandbox: {error}")
    if not capability.launcher:
        pytest.skip(f"no launcher of programs here: {dict(capability.details)}")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.sandbox.{module} import main; main()"
    command = outer.command(capability.outer, [sys.executable, "-c", code], outer.readable_folders(ROOT))
    environment = {"PATH": os.environ["PATH"]}
    run = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, timeout=SECONDS, check=True, env=environment)
    found: dict[str, Any] = json.loads(run.stdout)
    return found
