"""The workflow of a student's repository, step by step in a clone of the export. Nothing about the export's content in here.

Not run: actions (checkout is the clone, setup-python the fresh environment, upload-artifact nothing) and what needs sudo.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.errors import CannotGrade
from grader.model import Isolation
from grader.reports.github import MARK
from grader.sandbox.probe import probe
from tests.exporting import ROOT, clone, hand_in, mistake, solution
from tests.workflow import Ran, commands_in, run_steps, steps_of

GH = '''
    #!{python}
    """Stands in for GitHub's `gh api`: pull requests and comments of one repository in a file, and every call noted."""
    import json, sys
    state = json.load(open({state!r}))
    assert sys.argv[1] == "api"
    state["calls"].append(sys.argv[2:])
    arguments = sys.argv[2:]
    method = arguments[arguments.index("--method") + 1]
    path = next(argument for argument in arguments if argument.startswith("repos/"))
    query = arguments[arguments.index("--jq") + 1] if "--jq" in arguments else ""
    body = next((open(argument[6:]).read() for argument in arguments if argument.startswith("body=@")), None)
    if path.endswith("/pulls"):
        assert method == "GET" and query == ".[0].number // empty"
        head = next(argument[5:] for argument in arguments if argument.startswith("head="))
        found = [pull["number"] for pull in state["pulls"] if pull["head"] == head]
        print(*found[:1])
    elif method == "GET":
        assert path.endswith("/comments") and "github-actions[bot]" in query
        for comment in state["comments"]:
            if comment["user"] == "github-actions[bot]" and comment["body"].startswith({mark!r}):
                print(comment["id"])
    elif method == "PATCH":
        comment = next(comment for comment in state["comments"] if str(comment["id"]) == path.rpartition("/")[2])
        comment["body"] = body
    else:
        state["comments"].append({{"id": 100 + len(state["comments"]), "user": "github-actions[bot]", "body": body}})
    json.dump(state, open({state!r}, "w"))
'''


@dataclass(frozen=True)
class Repository:
    """A student's clone on a runner."""

    folder: Path
    scratch: Path
    environment: Mapping[str, str]
    state: Path

    def push(self, files: Mapping[str, bytes], works: bool = True) -> list[Ran]:
        """Hand in `files`, and run the workflow of that push; `works`: the grader can be installed."""
        commit = hand_in(self.folder, files)
        workflow = (self.folder / ".github" / "workflows" / "classroom.yml").read_text(encoding="utf-8")
        scratch = self.scratch / commit
        scratch.mkdir()
        ran = run_steps(steps_of(workflow), self.folder, {**self.environment, "GITHUB_SHA": commit}, scratch)
        assert len(ran) == 3 or not works, ran[0].log
        return ran

    def github(self) -> dict[str, list[dict[str, str]]]:
        known: dict[str, list[dict[str, str]]] = json.loads(self.state.read_text())
        return known

    def set_github(self, **parts: object) -> None:
        self.state.write_text(json.dumps({"pulls": [], "comments": [], "calls": [], **parts}))


@pytest.fixture
def student(tmp_path: Path, offline: dict[str, str], fresh_python: Path) -> Callable[[Path], Repository]:
    def make(template: Path) -> Repository:
        programs, state = tmp_path / "programs", tmp_path / "github.json"
        programs.mkdir()
        gh = programs / "gh"
        gh.write_text(textwrap.dedent(GH).lstrip().format(python=sys.executable, state=str(state), mark=MARK))
        gh.chmod(0o755)
        environment = {
            **offline,
            "PATH": f"{programs}:{fresh_python}:{os.environ['PATH']}",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "net2026/nist-time-s01",
            "GITHUB_REPOSITORY_OWNER": "net2026",
            "GITHUB_REF_NAME": "main",
        }
        repository = Repository(clone(template, tmp_path / "nist-time-s01"), tmp_path, environment, state)
        repository.set_github()
        return repository

    return make


def decoded(ran: Ran) -> dict[str, object]:
    result: dict[str, object] = json.loads(base64.b64decode(ran.outputs["result"], validate=True))
    return result


def points(result: dict[str, object]) -> tuple[float, float]:
    """(what the reporter's table says, what its notice says): passed tests count there, points count here."""
    tests = result["tests"]
    assert isinstance(tests, list) and tests and isinstance(result["max_score"], int)
    passed = sum(test["status"] == "pass" for test in tests)
    return passed / len(tests) * result["max_score"], sum(test["score"] for test in tests)


def test_only_what_a_test_cannot_run_is_left_out(repositories: Path) -> None:
    steps = steps_of((repositories / "nist_time" / ".github" / "workflows" / "classroom.yml").read_text(encoding="utf-8"))
    left_out = [
        (step.uses.partition("@")[0] or step.name.partition(" (")[0], step.not_run_here) for step in steps if step.not_run_here
    ]
    assert left_out == [
        ("actions/checkout", "an action"),
        ("actions/setup-python", "an action"),
        ("Allow the sandbox", "needs the root of GitHub's machine"),
        ("actions/upload-artifact", "an action"),
    ]
    assert [step.name for step in steps if not step.not_run_here] == [
        "Install the grader",
        "Grade",
        "Comment on the feedback pull request",
    ]


def test_a_right_push_earns_full_marks_and_a_notice(student: Callable[[Path], Repository], repositories: Path) -> None:
    repository = student(repositories / "nist_time")
    install, grade, comment = repository.push(solution("nist_time"))
    assert install.code == 0, install.log
    assert grade.code == 0, grade.log
    most = load_course(ROOT).assignment("nist_time").max_score
    assert f"**{most} of {most} points**" in grade.summary
    assert [re.match("::[a-z]+", command)[0] for command in commands_in(grade.log)] == ["::notice"]  # type: ignore[index]
    assert decoded(grade)["status"] == "pass" and points(decoded(grade)) == (most, most)
    assert comment.code == 0 and "no feedback pull request" in comment.log


def test_a_wrong_push_is_annotated_at_the_students_own_lines(student: Callable[[Path], Repository], repositories: Path) -> None:
    repository = student(repositories / "nist_time")
    _, grade, comment = repository.push(mistake("nist_time", "takes_one_recv"))
    assert grade.code == 1, grade.log
    (result,) = json.loads((repository.folder / "report" / "report.json").read_text())["results"]
    failed = [check for check in result["checks"] if check["status"] == "failed"]
    assert [check["id"] for check in failed] == ["reads_a_reply_that_arrives_in_pieces"]
    first, *others = commands_in(grade.log)
    assert first.startswith(f"::error title={result['score']:g} of {result['max_score']:g} points::1 fault")
    assert len(others) == len(failed)
    assert re.match(r"::error title=.*,file=nist_time\.py(,line=\d+)?::What we did", others[0])
    assert failed[0]["title"] in grade.summary and failed[0]["hint"].partition(" ")[0] in grade.summary
    assert decoded(grade)["status"] == "fail"
    assert points(decoded(grade)) == pytest.approx((result["score"], result["score"]))
    assert comment.code == 0


def test_the_feedback_pull_request_has_one_comment_edited_in_place(
    student: Callable[[Path], Repository], repositories: Path
) -> None:
    repository = student(repositories / "nist_time")
    others = [
        {"id": 1, "user": "s01", "body": f"{MARK}\nI can write that, too"},
        {"id": 2, "user": "github-actions[bot]", "body": "Another workflow's comment"},
    ]
    repository.set_github(pulls=[{"number": 7, "head": "net2026:main"}], comments=others)
    comment = repository.push(mistake("nist_time", "takes_one_recv"))[-1]
    assert comment.code == 0, comment.log
    *before, first = repository.github()["comments"]
    assert before == others and first["body"].startswith(MARK) and "What to work on" in first["body"]
    repository.push(solution("nist_time"))
    *before, second = repository.github()["comments"]
    assert before == others and second["id"] == first["id"] and "What to work on" not in second["body"]


def test_a_broken_installation_fails_and_does_not_comment(student: Callable[[Path], Repository], repositories: Path) -> None:
    repository = student(repositories / "nist_time")
    wheel = next((repository.folder / ".grader").glob("*.whl"))
    install, comment = repository.push({f".grader/{wheel.name}": b"not a wheel"}, works=False)
    assert install.code != 0
    assert comment.code == 0 and "no feedback to comment" in comment.log


def test_what_a_program_prints_is_no_command_and_no_markdown(student: Callable[[Path], Repository], repositories: Path) -> None:
    forged = "::notice title=Autograding complete::Points 99/99"
    printed = f"{forged}\n  ::error file=x.py::no\n##[error]no\n::stop-commands::x\n"
    printed += "</details><h1>Full marks</h1> @instructor ````\n\x1b[31mred"
    repository = student(repositories / "nist_time")
    _, grade, _ = repository.push({"nist_time.py": f"print({printed!r})\n".encode()})
    assert grade.code == 1, grade.log
    commands = commands_in(grade.log)
    assert 1 < len(commands) <= 10
    assert all(command.startswith("::error title=") for command in commands)
    outside = re.sub(r"^(`{3,}).*?^\1$", "", grade.summary, flags=re.MULTILINE | re.DOTALL)
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    assert "<h1>" not in outside and "@instructor" not in outside and "\x1b" not in grade.summary
    assert not re.search(r"^\s*::", grade.summary, re.MULTILINE)
    assert points(decoded(grade))[0] == pytest.approx(points(decoded(grade))[1])


def test_a_file_named_like_one_of_pythons_disturbs_nothing(student: Callable[[Path], Repository], repositories: Path) -> None:
    names = ("json.py", "socket.py", "grader.py", "pip.py", "conftest.py", "pytest.ini")
    broken = dict.fromkeys(names, b"raise SystemExit('imported')\n")
    repository = student(repositories / "employee_db")
    install, grade, _ = repository.push({**solution("employee_db"), **broken})
    assert install.code == 0 and "imported" not in install.log
    assert "Your submission" in grade.log and grade.code in (0, 1)


def test_all_assignments_in_one_repository_get_the_same_verdict_as_from_the_course(
    student: Callable[[Path], Repository], one_repository: Path, tmp_path: Path
) -> None:
    try:
        probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(str(error))
    repository = student(one_repository)
    course = load_course(ROOT)
    files: dict[str, bytes] = {}
    for assignment in course.assignments:
        files |= solution(assignment.slug, f"{assignment.slug}/")
    wrong = mistake("nist_time", "takes_one_recv")
    files |= {f"nist_time/{name}": data for name, data in wrong.items()}
    _, grade, _ = repository.push(files)
    assert grade.code == 1, grade.log
    here = json.loads((repository.folder / "report" / "report.json").read_text())["results"]
    command = [
        sys.executable,
        "-m",
        "grader",
        "run",
        "--all",
        "--path",
        str(repository.folder),
        "--json",
        str(tmp_path / "course.json"),
    ]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    there = json.loads((tmp_path / "course.json").read_text())["results"]

    def verdict(results: list[dict[str, object]]) -> list[object]:
        return [(r["assignment"], r["score"], [(c["id"], c["status"]) for c in r["checks"]]) for r in results]  # type: ignore[attr-defined]

    assert verdict(here) == verdict(there)
    assert len(here) == len(course.assignments)
    assert sum(r["score"] < r["max_score"] for r in here) == 1
    assert any(",file=nist_time/nist_time.py" in command for command in commands_in(grade.log))
