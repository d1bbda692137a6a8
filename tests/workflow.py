"""Runs the `run:` steps of a workflow in order, as GitHub's runner does: shell, environment files, conditions, log commands.

Only what the template uses is understood; anything else is an error of the test, never silently left out.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EXPRESSIONS = {"github.token": "a-token"}


@dataclass(frozen=True)
class Step:
    name: str
    uses: str = ""
    run: str = ""
    condition: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def not_run_here(self) -> str:
        """Why this step cannot be run by a test; empty if it can."""
        if self.uses:
            return "an action"
        return "needs the root of GitHub's machine" if re.search(r"\bsudo\b", self.run) else ""


@dataclass(frozen=True)
class Ran:
    """A step that was run."""

    step: Step
    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]


def steps_of(workflow: str) -> list[Step]:
    """Read the steps of a workflow of one job."""
    body = workflow.partition("\n    steps:\n")[2]
    assert body and workflow.count("\n    steps:\n") == 1
    return [_step(part) for part in re.split(r"^      - ", body, flags=re.MULTILINE) if part.strip()]


def _step(text: str) -> Step:
    lines = [line.removeprefix(" " * 8) for line in text.splitlines()]  # the first one has lost its `- ` and all before
    values: dict[str, str] = {}
    tables: dict[str, dict[str, str]] = {}
    key = ""
    for line in lines:
        top = re.match(r"([a-z-]+):(?: (.*))?$", line)
        if top:
            key = top[1]
            values[key] = "" if top[2] in (None, "|") else _scalar(top[2])
            continue
        inner = re.match(r"  ([A-Za-z_-]+): (.*)$", line)
        if key in ("env", "with") and inner:
            tables.setdefault(key, {})[inner[1]] = _scalar(inner[2])
        elif key == "run":
            values[key] += line.removeprefix("  ") + "\n"
        else:
            assert not line.strip(), f"a line that is not understood: {line!r}"
    assert set(values) <= {"name", "id", "if", "env", "with", "run", "uses"}, values
    return Step(
        values.get("name", ""), values.get("uses", ""), values.get("run", ""), values.get("if", ""), tables.get("env", {})
    )


def _scalar(text: str) -> str:
    return re.sub(r"\s+#.*$", "", text).strip('"')


def run_steps(steps: Sequence[Step], repository: Path, environment: Mapping[str, str], scratch: Path) -> list[Ran]:
    """Run every step that can be run here; one without a condition only if all before it went well."""
    ran: list[Ran] = []
    for number, step in enumerate(steps):
        assert step.condition in ("", "${{ !cancelled() }}"), step.condition
        failed = any(before.code for before in ran)
        if step.not_run_here or (failed and not step.condition):
            continue
        assert "${{" not in step.run, "an expression inside a script can be an injection"
        files = {name: scratch / f"{number}-{name}" for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        for file in files.values():
            file.touch()
        env = {name: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: EXPRESSIONS[match[1]], value) for name, value in step.env.items()}
        done = subprocess.run(
            ["bash", "-e", "-c", step.run],
            cwd=repository,
            env={**environment, **env, **{name: str(file) for name, file in files.items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        summary = files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        ran.append(Ran(step, done.returncode, done.stdout, summary, dict(line.split("=", 1) for line in lines)))
    return ran


def commands_in(log: str) -> list[str]:
    """Return the workflow commands that GitHub's runner would carry out."""
    commands, stopped_by = [], ""
    for line in log.splitlines():
        text = line.lstrip()
        if stopped_by:
            if text == f"::{stopped_by}::":
                stopped_by = ""
        elif text.startswith("::stop-commands::"):
            stopped_by = text.removeprefix("::stop-commands::")
        elif text.startswith("::") or re.search(r"##\[[a-z]", text):
            commands.append(text)
    return commands
