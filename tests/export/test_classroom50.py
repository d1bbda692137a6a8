"""Classroom 50: the autograder that is exported, run as that service's runner runs it, and the two files it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import load_course
from grader.errors import CannotGrade, GraderError, UsageError
from grader.export.export import Options, export
from grader.model import Isolation, ResultStatus, Status
from grader.publishing.classroom50 import identity, leave_result
from grader.reports.classroom50 import Identity, release_body, render_result
from grader.sandbox.probe import probe
from tests.exporting import ROOT, git, mistake, solution
from tests.publishing.test_github import ASSIGNMENT, check, report, result

COMMIT = "https://github.com/net2026/net2026-nist-time-s01/commit/abc"
RUNNER = {
    "PAGES_BASE_URL": "https://net2026.github.io/classroom50",
    "CLASSROOM": "net2026",
    "ASSIGNMENT": "nist-time",
    "SUBMISSION_TAG": "submit/2026-11-24T12-00-00Z-abc",
    "USERNAME": "s01",
    "OWNER": "s01",
    "ASSIGNMENT_TYPE": "individual",
    "COMMIT_URL": COMMIT,
    "RELEASE_URL": "https://github.com/net2026/net2026-nist-time-s01/releases/tag/submit%2F2026",
    "REVIEW_URL": "https://github.com/net2026/net2026-nist-time-s01/compare/a...b",
    "GITHUB_ACTOR": "s01",
}
HOSTILE = ROOT / "tests" / "hostile" / "programs"
IDENTITY = Identity("net2026", "mail", "submit/x", "commit", "release", "review", "2026-11-24T12:00:00Z", "2026-11-24T12:01:00Z")


def faults_of(document: Any) -> list[str]:
    """Return what Classroom 50 would refuse in a result.json: its rules, from its documentation."""
    faults = [] if document.get("schema") == "classroom50/result/v1" else ["schema"]
    for name in ("classroom", "assignment", "owner", "submission", "commit", "release", "review", "datetime"):
        if not isinstance(document.get(name), str) or not document[name]:
            faults.append(name)
    if not document["submission"].startswith("submit/"):
        faults.append("submission")
    for scored in (document, *document["tests"]):
        score, most = scored.get("score"), scored.get("max-score")
        if type(score) is not int or type(most) is not int or not 0 <= score <= most:
            faults.append(f"scores {score!r} of {most!r}")
    for test in document["tests"]:
        if not isinstance(test.get("test-name"), str) or not test["test-name"] or type(test.get("passed")) is not bool:
            faults.append(f"test {test!r}")
    if document["score"] != sum(test["score"] for test in document["tests"]):
        faults.append("the sum")
    return faults


@dataclass(frozen=True)
class Runner:
    """That service's runner: a checkout, and the bundle in another folder."""

    bundle: Path
    checkout: Path
    environment: Mapping[str, str]

    def grade(self, files: Mapping[str, bytes]) -> subprocess.CompletedProcess[str]:
        for name, data in files.items():
            file = self.checkout / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        git(self.checkout, "init", "--quiet")
        git(self.checkout, "add", "--all", "--force")
        git(self.checkout, "commit", "--quiet", "--message=My work", "--date=2026-11-20T10:00:00Z")
        return self.start()

    def start(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.bundle / "autograder.py")],
            cwd=self.checkout,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def result(self) -> Any:
        return json.loads((self.checkout / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classroom50")
    for _ in export(load_course(ROOT), ["nist_time"], Options(classroom50=folder, classroom="net2026")):
        pass
    return folder / "net2026" / "autograders" / "nist-time"


@pytest.fixture(scope="session")
def runner_temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runner-temp")


@pytest.fixture
def runner(bundle: Path, runner_temp: Path, offline: dict[str, str], tmp_path: Path) -> Runner:
    checkout = tmp_path / "net2026-nist-time-s01"
    checkout.mkdir()
    return Runner(bundle, checkout, {**offline, **RUNNER, "RUNNER_TEMP": str(runner_temp)})


@pytest.fixture(scope="session")
def sandbox() -> None:
    """Programs that attack run in the sandbox or not at all."""
    try:
        probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(str(error))


def test_a_bundle_is_small_and_has_only_the_autograder_and_its_wheel(bundle: Path) -> None:
    names = sorted(path.name.partition("-")[0] for path in bundle.rglob("*"))
    assert names == ["autograder.py", "grader"]
    assert sum(path.stat().st_size for path in bundle.iterdir()) < 10 * 1024 * 1024


def test_a_right_submission(runner: Runner) -> None:
    done = runner.grade(solution("nist_time"))
    assert done.returncode == 0, done.stdout + done.stderr
    document = runner.result()
    assert not faults_of(document)
    assert document["score"] == document["max-score"] == load_course(ROOT).assignment("nist_time").max_score
    assert document["assignment"] == "nist-time" and document["commit"] == COMMIT and document["owner"] == "s01"
    assert all(test["passed"] for test in document["tests"])
    when = git(runner.checkout, "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ").strip()
    assert document["datetime"][:13] == when[:13]
    assert "Student: `s01`" in (runner.checkout / "release-body.md").read_text(encoding="utf-8")


def test_a_wrong_submission_reads_its_names_hints_and_messages(runner: Runner) -> None:
    done = runner.grade(mistake("nist_time", "takes_one_recv"))
    assert done.returncode == 0, done.stdout + done.stderr
    document = runner.result()
    assert not faults_of(document)
    failed, skipped = [test for test in document["tests"] if not test["passed"]]
    assert skipped["id"] == "tells_any_moment_in_any_time_zone"  # which needs the other
    assert failed["id"] == "reads_a_reply_that_arrives_in_pieces" and failed["score"] == 0 and failed["hint"]
    body = (runner.checkout / "release-body.md").read_text(encoding="utf-8")
    assert failed["test-name"] in body and failed["hint"][:20] in body and "What happened" in body


def test_a_hung_submission(runner: Runner) -> None:
    done = runner.grade({"nist_time.py": b"import threading\nthreading.Event().wait()\n"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert not faults_of(runner.result()) and runner.result()["score"] < runner.result()["max-score"]


def test_nothing_handed_in_is_a_result_too(runner: Runner) -> None:
    done = runner.grade({"notes.txt": b"soon"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert not faults_of(runner.result()) and runner.result()["score"] == 0
    assert "No file of this assignment" in (runner.checkout / "release-body.md").read_text()


@pytest.mark.parametrize("program", ["kills_everybody", "snoops"])
def test_a_hostile_submission(runner: Runner, sandbox: None, program: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    shadow = b"raise SystemExit('imported')\n"
    (runner.checkout / "result.json").mkdir()
    (runner.checkout / "result.json" / "full_marks").touch()
    os.symlink(outside, runner.checkout / "release-body.md")
    names = ("json.py", "venv.py", "pip.py", "grader/__init__.py", "subprocess.py", "sitecustomize.py")
    attack = (HOSTILE / f"{program}.py").read_bytes()
    done = runner.grade({"nist_time.py": attack, **dict.fromkeys(names, shadow)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "imported" not in done.stdout + done.stderr
    document = runner.result()
    assert not faults_of(document) and document["score"] < document["max-score"]
    assert outside.read_text() == "mine" and not (runner.checkout / "release-body.md").is_symlink()


def test_a_submission_that_forges_results_gets_no_points_for_it(runner: Runner, sandbox: None) -> None:
    done = runner.grade({"nist_time.py": (HOSTILE / "forges_results.py").read_bytes()})
    if done.returncode:  # what it wrote into our own answers may make that check an error: no result then, never a score
        assert done.returncode == 3 and not (runner.checkout / "result.json").exists()
    else:
        assert not faults_of(runner.result()) and runner.result()["score"] == 0


def test_a_wheel_that_cannot_be_installed_is_no_result(runner: Runner, tmp_path: Path) -> None:
    broken = tmp_path / "bundle"
    broken.mkdir()
    (broken / "autograder.py").write_bytes((runner.bundle / "autograder.py").read_bytes())
    (broken / "grader-9-py3-none-any.whl").write_bytes(b"no wheel")
    done = replace(runner, bundle=broken).grade(solution("nist_time"))
    assert done.returncode == 3 and not (runner.checkout / "result.json").exists()


# ---- the texts


def test_points_that_are_not_whole_become_hundredths() -> None:
    half = replace(check("a", 2, status=Status.FAILED), score=1.25)
    document = json.loads(render_result(result(half, check("b", 1, status=Status.PASSED)), replace(IDENTITY, owner="s01")))
    assert not faults_of(document) and (document["score"], document["max-score"]) == (225, 300)


def test_hidden_checks_are_one_nameless_sum() -> None:
    hidden = [check("secret", 2, hidden=True), check("other", 1, hidden=True, status=Status.PASSED)]
    text = render_result(result(check("a", status=Status.PASSED), *hidden), replace(IDENTITY, owner="s01"))
    document = json.loads(text)
    assert not faults_of(document) and (document["score"], document["max-score"]) == (2, 4)
    assert "secret" not in text and "nothing" not in text


def test_a_release_says_that_it_is_not_the_grade_and_has_a_bounded_length() -> None:
    checks = [check(f"c{number}", happened="y" * 1900) for number in range(200)]
    body = release_body(result(*checks), ASSIGNMENT)
    assert len(body) <= 100_000 and "Cut here" in body
    assert "grade of record comes from your instructor" in release_body(result(check("a")), ASSIGNMENT)


def test_what_is_no_grade_is_never_written(tmp_path: Path) -> None:
    broken = result(check("a", status=Status.ERROR), status=ResultStatus.ERROR, message="The disk is full.")
    with pytest.raises(GraderError, match="The disk is full"):
        leave_result(report(broken), [ASSIGNMENT], IDENTITY, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("classroom", "slug"), [("Net 2026", "echo"), ("-net", "echo"), ("n", "echo"), ("../x", "echo")])
def test_a_name_that_the_service_would_refuse_is_refused(classroom: str, slug: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no name for a classroom"):
        list(export(load_course(ROOT), [slug], Options(classroom50=tmp_path, classroom=classroom)))


def test_outside_that_runner_it_is_a_wrong_option() -> None:
    with pytest.raises(UsageError, match="CLASSROOM and ASSIGNMENT"):
        identity({}, Path())
