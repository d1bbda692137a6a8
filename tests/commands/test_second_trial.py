"""What becomes of a run when this machine is not what it is remembered to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.errors import CannotGrade, NoSession
from grader.model import Isolation
from grader.sandbox import remembered
from grader.sandbox.probe import Capability, worked
from tests.fakes import FakeWorker, Sessions, write

GOOD = worked("unshare")
PORTABLE = Capability(Isolation.PORTABLE, "none", "unshare: no space left on device")

Grader = Callable[..., Result]


class Machine:
    """Stands in for `probe`; sessions start only where the last trial says so."""

    def __init__(self) -> None:
        self.trials = 0
        self.now = GOOD

    def probe(self, wanted: Isolation | None = None) -> Capability:
        self.trials += 1
        if wanted is Isolation.SANDBOX and not self.now.is_sandbox:
            raise CannotGrade("The sandbox is required, but this machine cannot give it.")
        return self.now


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    made = Machine()
    monkeypatch.setattr(remembered, "probe", made.probe)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return made


@pytest.fixture
def grader(course_root: Path, sessions: Sessions, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Grader:
    """Run a command in the course's folder, with sessions that only pretend."""

    def make(root: Path, capability: Capability) -> FakeWorker:
        worker = sessions.make()
        if capability.remembered and not machine.now.is_sandbox:
            monkeypatch.setattr(worker, "grade", never_starts)
        return worker

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, prog_name="grader")

    monkeypatch.setattr("grader.commands.grade_here.Worker", make)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(course_root)
    write(course_root / "mine" / "api" / "server.py", "right")
    assert run("run", "api", "--path", "mine").exit_code == 0
    return run


def never_starts(job: object) -> None:
    raise NoSession("The grading session broke down: it ended without an answer (exit code 1).")


def test_the_second_run_trusts_the_trial_of_the_first(grader: Grader, machine: Machine) -> None:
    assert "isolation sandbox" in grader("run", "api", "--path", "mine", "--require-sandbox").stdout
    assert machine.trials == 1


def test_a_session_that_does_not_start_is_told_and_the_machine_tried_again(grader: Grader, machine: Machine) -> None:
    machine.now = PORTABLE
    result = grader("run", "api", "--path", "mine", "--json", "report.json")
    said = (
        "The grading session broke down: it ended without an answer (exit code 1). This machine was tried again, and all is"
        " graded again: isolation portable (unshare: no space left on device)."
    )
    assert said in result.stdout.splitlines()
    assert result.exit_code == 0
    report = json.loads(Path("report.json").read_text())
    assert (report["isolation"], len(report["results"])) == ("portable", 1)
    assert machine.trials == 2
    grader("run", "api", "--path", "mine")
    assert machine.trials == 3, "a bad answer is not remembered"


def test_the_sandbox_that_is_required_is_never_given_up(grader: Grader, machine: Machine, sessions: Sessions) -> None:
    machine.now, before = PORTABLE, len(sessions.jobs)
    result = grader("run", "api", "--path", "mine", "--require-sandbox")
    assert result.exit_code == 3
    assert "The sandbox is required, but this machine cannot give it." in result.stderr
    assert len(sessions.jobs) == before


def test_sessions_that_did_not_start_only_once_are_started_again(
    grader: Grader, machine: Machine, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    deeds = [never_starts]

    def start_at_the_second_try(worker: FakeWorker) -> None:
        if deeds:
            deeds.pop()(None)

    sessions.deeds["right"] = start_at_the_second_try
    result = grader("run", "api", "--path", "mine")
    assert "isolation sandbox (a trial run in namespaces made by unshare worked)." in result.stdout
    assert "api 10/10" in result.stdout
    assert (result.exit_code, machine.trials) == (0, 2)


def test_an_error_makes_the_machine_be_tried_again(grader: Grader, machine: Machine, course_root: Path) -> None:
    """The launcher may have broken: where that is so, everything is graded again without it."""
    write(course_root / "mine" / "api" / "server.py", "odd")
    again = "This machine was tried again"
    assert again not in grader("run", "api", "--path", "mine").stdout
    assert machine.trials == 2
    machine.now = replace(GOOD, launcher=False)
    assert again in grader("run", "api", "--path", "mine").stdout
    assert machine.trials == 3


def test_doctor_tries_for_real(grader: Grader, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.probe.probe", machine.probe)
    machine.now = PORTABLE
    assert "Isolation: portable" in grader("doctor").stdout
    assert machine.trials == 2
