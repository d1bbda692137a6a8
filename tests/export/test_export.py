"""`grader export`: what is in a student's repository, and above all what is not. Running it: test_classroom_workflow."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import cli
from grader.course.course import Course, find_course, is_students_copy, load_course, read_assignment
from grader.errors import CourseError, GraderError, UsageError
from grader.export import repository
from grader.export.export import Options, export
from grader.export.public import public_assignment, to_toml, without_checks
from grader.export.wheel import build_wheel, pinned
from grader.submissions.finding import find_class, find_own
from tests.exporting import ROOT, git
from tests.fakes import write

COURSE = load_course(ROOT)
SLUGS = [assignment.slug for assignment in COURSE.assignments]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of every file below `folder`, also those inside its wheels; not git's own."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or ".git" in name.parts:
            continue
        data = path.read_bytes()
        yield name.as_posix(), data
        if path.suffix == ".whl":
            with zipfile.ZipFile(io.BytesIO(data)) as wheel:
                yield from ((f"{name.as_posix()}/{inner}", wheel.read(inner)) for inner in wheel.namelist())


def small_course(root: Path) -> Course:
    """One assignment with a hidden check, a solution, a mistake and a rubric."""
    folder = root / "assignments" / "mail"
    settings = """
        # SECRET-COMMENT
        title = "Mail"
        topic = "Testing"
        order = 10
        summary = "Made up."
        files = ["mail.py"]
        [checks]
        greets = { points = 6 }
        survives_a_flood = { points = 4, hidden = true }
        [[rubric]]
        id = "style"
        title = "Readable"
        points = 5
    """
    write(folder / "assignment.toml", re.sub(r"^ +", "", settings, flags=re.MULTILINE))
    checks = '''"""Checks."""
from grader.checks import check

FLOOD = "SECRET-FLOOD"
LINE = "hello"


def pour(student):
    return student.run("mail.py", stdin=FLOOD + LINE)


@check(hint="Say hello")
def test_greets(student):
    """Says hello"""
    student.run("mail.py").expect_line(LINE)


# SECRET-REMARK on the flood
@check(hint="SECRET-HINT")
def test_survives_a_flood(student):
    """SECRET-TITLE"""
    pour(student).expect_exit(0)
'''
    write(folder / "checks" / "test_mail.py", checks)
    write(folder / "README.md", "# Mail\n\nSay hello.\n")
    write(folder / "mistakes" / "silent" / "mail.py", "# SECRET-MISTAKE")
    write(root / "starter" / "mail" / "mail.py", "# TODO: say hello\n")
    write(root / "solutions" / "mail" / "mail.py", "# SECRET-SOLUTION")
    return load_course(root)


def exported(course: Course, to: Path, **options: object) -> list[str]:
    return list(export(course, [], Options(to=to, **options)))  # type: ignore[arg-type]


# ---- what is not in it


ENGINE = b"".join(path.read_bytes() for path in (ROOT / "grader").rglob("*.py"))


def distinctive_lines(slug: str) -> set[bytes]:
    """Lines of a solution that only somebody who solved the assignment writes.

    They are long, the starter and the handout do not have them, no hint says them, and the grader's own code does not
    happen to have them too, such as `except OSError as error:`.
    """
    assignment = ROOT / "assignments" / slug
    given = b"".join(path.read_bytes() for path in (ROOT / "starter" / slug).rglob("*") if path.is_file())
    given += (assignment / "README.md").read_bytes() + ENGINE + "\n".join(hints(slug)).encode()
    files = [path for path in (ROOT / "solutions" / slug).rglob("*.*") if path.is_file() and path.suffix != ".pyc"]
    lines = {line.strip() for path in files for line in path.read_bytes().splitlines()}
    return {line for line in lines if len(line) >= 24 and line not in given}


def hints(slug: str) -> list[str]:
    trees = [ast.parse(path.read_bytes()) for path in (ROOT / "assignments" / slug / "checks").glob("*.py")]
    texts = [
        keyword.value
        for tree in trees
        for keyword in ast.walk(tree)
        if isinstance(keyword, ast.keyword) and keyword.arg == "hint"
    ]
    return [text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)]


def lines_of_solutions(folder: Path) -> list[tuple[str, str, bytes]]:
    """Return (file, slug, line) for each line of a solution that is in an export."""
    secrets = [(slug, line) for slug in SLUGS for line in distinctive_lines(slug)]
    # A wheel is no text; its files come one by one.
    files = [(path, data) for path, data in contents(folder) if not path.endswith(".whl")]
    return [(path, slug, line) for path, data in files for slug, line in secrets if line in data]


def test_every_solution_has_distinctive_lines() -> None:
    assert not [slug for slug in SLUGS if len(distinctive_lines(slug)) < 3]


@pytest.mark.parametrize("slug", SLUGS)
def test_no_line_of_any_solution_is_in_a_repository(slug: str, repositories: Path) -> None:
    assert not lines_of_solutions(repositories / slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_handout_names_nothing_that_a_student_does_not_have(slug: str, repositories: Path) -> None:
    text = (repositories / slug / "README.md").read_text(encoding="utf-8")
    assert not re.findall(r"\b(?:starter|solutions|assignments|mistakes)/\S*", text)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link and not link.startswith("#")]
    assert not [link for link in links if not (repositories / slug / link).exists()]


def test_no_line_of_any_solution_is_in_the_repository_of_all(one_repository: Path) -> None:
    assert not lines_of_solutions(one_repository)


def test_no_wrong_submission_is_in_an_export(one_repository: Path) -> None:
    folders = [file.parent for file in (ROOT / "assignments").glob("*/mistakes/*/mistake.toml")]
    wrong = {path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    told = {tomllib.loads((folder / "mistake.toml").read_text(encoding="utf-8"))["describe"].encode() for folder in folders}
    assert wrong and told
    for path, data in contents(one_repository):
        assert data not in wrong and "/mistakes/" not in path, path
        assert not [text for text in told if text in data], path


def test_nothing_hidden_is_in_an_export(tmp_path: Path) -> None:
    exported(small_course(tmp_path / "course"), tmp_path / "to")
    files = dict(contents(tmp_path / "to" / "mail"))
    assert any(path.endswith("_course/assignments/mail/checks/test_mail.py") for path in files)
    assert not [path for path, data in files.items() if b"SECRET" in data or b"survives_a_flood" in data]


def test_a_students_copy_tells_how_many_checks_are_held_back(tmp_path: Path) -> None:
    course = small_course(tmp_path / "course")
    for path, data in public_assignment(course.assignments[0]).items():
        write(tmp_path / "mail" / path, data.decode())
    copy = read_assignment(tmp_path / "mail")
    assert copy == replace(course.assignments[0], checks=course.assignments[0].checks[:1], held_back=1, folder=tmp_path / "mail")


@pytest.mark.parametrize("slug", SLUGS)
def test_a_students_copy_of_an_assignment_is_the_assignment(slug: str, tmp_path: Path) -> None:
    assignment = COURSE.assignment(slug)
    files = public_assignment(assignment)
    for path, data in files.items():
        write(tmp_path / slug / path, "").write_bytes(data)
    copy = read_assignment(tmp_path / slug)
    visible = tuple(check for check in assignment.checks if not check.hidden)
    held_back = len(assignment.checks) - len(visible)
    assert copy == replace(assignment, checks=visible, held_back=held_back, folder=tmp_path / slug)
    if not held_back:
        checks = (assignment.folder / "checks").glob("*.py")
        assert all(files[f"checks/{file.name}"] == file.read_bytes() for file in checks)


@pytest.mark.parametrize("file", ["README.md", "checks/test_mail.py"])
def test_a_file_for_students_that_names_a_hidden_check_is_refused(file: str, tmp_path: Path) -> None:
    course = small_course(tmp_path)
    path = course.assignments[0].folder / file
    text = path.read_text()
    path.write_text(text.replace("Say hello", "survives_a_flood matters", 1))
    with pytest.raises(CourseError, match=r"still names the hidden check survives_a_flood"):
        public_assignment(course.assignments[0])


def test_cutting_checks_leaves_what_others_use() -> None:
    source = "A = 1\nB = A\n\n\ndef used():\n    return A\n\n\n"
    source += "def test_gone(student):\n    used(), B\n\n\n# kept\ndef test_kept():\n    used()\n"
    assert without_checks(source, ["gone"]) == "A = 1\n\n\ndef used():\n    return A\n\n\n# kept\ndef test_kept():\n    used()\n"


def test_settings_survive_being_written_again() -> None:
    table = {
        "title": 'a "b" \\ \x7f é\n',
        "n": 3,
        "f": 0.5,
        "on": True,
        "list": ["a"],
        "t": {"x": {"points": 2}},
        "r": [{"id": "q"}],
    }
    assert tomllib.loads(to_toml(table)) == table


# ---- what is in it


@pytest.mark.parametrize("slug", SLUGS)
def test_a_repository_has_handout_starter_and_all_that_runs_it(slug: str, repositories: Path) -> None:
    folder = repositories / slug
    handout = (ROOT / "assignments" / slug / "README.md").read_text(encoding="utf-8")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(handout.rstrip("\n")) and "grade of record" in readme
    for file in (ROOT / "starter" / slug).rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert (folder / file.relative_to(ROOT / "starter" / slug)).read_bytes() == file.read_bytes()
    assert len(list((folder / ".grader").glob("grader-*.whl"))) == 1
    for name in (".github/workflows/classroom.yml", ".devcontainer/devcontainer.json", ".gitignore"):
        assert (folder / name).is_file() and "@INSTALL@" not in (folder / name).read_text()


def test_a_repository_has_one_commit_and_nothing_else(repositories: Path) -> None:
    folder = repositories / SLUGS[0]
    assert git(folder, "rev-list", "--count", "--all").strip() == "1"
    assert git(folder, "status", "--porcelain", "--ignored") == ""
    assert git(folder, "branch", "--format=%(refname:short)").split() == ["main"]
    assert git(folder, "fsck", "--unreachable", "--no-reflogs").strip() == ""
    assert git(folder, "log", "-1", "--format=%an %cn").split() == ["Course", "Course"]
    assert not list((folder / ".git" / "hooks").glob("*"))


def test_the_same_course_gives_the_same_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = small_course(tmp_path / "course")
    first = exported(course, tmp_path / "one")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    second = exported(course, tmp_path / "two")
    assert [line.rpartition(" ")[2] for line in first] == [line.rpartition(" ")[2] for line in second]
    write(course.root / "starter" / "mail" / "mail.py", "# TODO: say hello twice\n")
    assert exported(course, tmp_path / "three")[0].rpartition(" ")[2] != first[0].rpartition(" ")[2]


def test_what_is_exported_is_found_in_the_layouts_of_an_instructor(
    repositories: Path, one_repository: Path, tmp_path: Path
) -> None:
    class_ = tmp_path / "class"
    class_.mkdir()
    shutil.copytree(one_repository, class_ / "s01")
    for slug in SLUGS:
        shutil.copytree(repositories / slug, class_ / f"{slug}-s02")
    found = find_class(class_, COURSE.assignments, COURSE.assignments)
    assert not found.notes
    assert {(at.student, at.assignment.slug) for at in found.locations} == {
        (who, slug) for who in ("s01", "s02") for slug in SLUGS
    }
    own = find_own(repositories / SLUGS[0], COURSE.assignments, COURSE.assignments)
    assert [at.assignment.slug for at in own.locations] == [SLUGS[0]] and not own.notes


def test_the_wheel_asks_for_the_versions_of_the_lock(repositories: Path) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    _, data = build_wheel({})
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        text = wheel.read(next(name for name in wheel.namelist() if name.endswith("/METADATA"))).decode()
        assert not wheel.testzip()
        names = wheel.namelist()
    pins = re.findall(r"^Requires-Dist: (\S+)", text, re.MULTILINE)
    assert {"pytest", "click", "pluggy", "rich", "hypothesis", "sortedcontainers"} <= {pin.partition("==")[0] for pin in pins}
    assert all(f"\n{pin} " in lock for pin in pins)
    assert not {"mypy", "ruff", "import-linter", "setuptools"} & {pin.partition("==")[0] for pin in pins}
    assert not [name for name in names if "__pycache__" in name or name.startswith(("/", ".."))]
    assert "grader/reports/report.schema.json" in names


def test_a_lock_that_lacks_something_is_told() -> None:
    assert pinned(["click>=8", 'x>=1 ; extra == "dev"'], "") == ["click>=8"]
    with pytest.raises(GraderError, match="does not pin click"):
        pinned(["click>=8"], "rich==1 \\\n    # via grader (pyproject.toml)\n")


def test_a_students_copy_of_the_course_is_found_behind_a_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.course.BUNDLED", tmp_path / "_course")
    with pytest.raises(UsageError):
        find_course(tmp_path)
    (tmp_path / "_course").mkdir()
    assert find_course(tmp_path) == tmp_path / "_course" and is_students_copy(tmp_path / "_course")
    small_course(tmp_path / "student" / ".grader" / "course")
    assert find_course(tmp_path / "student") == tmp_path / "student" / ".grader" / "course"
    assert is_students_copy(find_course(tmp_path / "student"))
    small_course(tmp_path / "student")
    assert find_course(tmp_path / "student") == tmp_path / "student" and not is_students_copy(tmp_path / "student")


def test_a_students_copy_cannot_be_exported(tmp_path: Path) -> None:
    copy = small_course(tmp_path / ".grader" / "course")
    with pytest.raises(UsageError, match="is a student's copy"):
        exported(copy, tmp_path / "to")


@pytest.mark.parametrize("command", ["export --all --to out", "verify", "tamper --path .", "new post", "rubric s01 mail"])
def test_a_students_copy_is_not_for_the_instructors_commands(tmp_path: Path, command: str) -> None:
    copy = small_course(tmp_path / ".grader" / "course")
    done = CliRunner().invoke(cli, [*command.split(), "--course", str(copy.root)])
    assert done.exit_code == 2, done.output
    assert f"grader {command.split()[0]} is for the course itself" in done.output


def test_with_a_grader_from_elsewhere_the_public_course_lies_in_the_repository(tmp_path: Path) -> None:
    course = small_course(tmp_path / "course")
    spec = "git+https://example.org/grader@v1.2"
    exported(course, tmp_path / "to", grader_from=spec)
    folder = tmp_path / "to" / "mail"
    assert (folder / ".grader" / "requirements.txt").read_text() == f"{spec}\n"
    assert "run: pip install -r .grader/requirements.txt\n" in (folder / ".github" / "workflows" / "classroom.yml").read_text()
    assert not list(folder.rglob("*.whl"))
    assert not [path for path, data in contents(folder) if b"SECRET" in data]
    command = [sys.executable, "-m", "grader", "list"]
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert "mail" in done.stdout and SLUGS[0] not in done.stdout


@pytest.mark.parametrize("spec", ["", "--index-url=http://x", "a\nb", "a b", "-r x", "grader ; rm"])
def test_a_grader_from_nowhere_is_refused(spec: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to install from"):
        exported(small_course(tmp_path / "course"), tmp_path / "to", grader_from=spec)


# ---- the command


def test_an_export_writes_over_nothing(tmp_path: Path) -> None:
    course = small_course(tmp_path / "course")
    write(tmp_path / "to" / "mail" / "precious.txt", "mine")
    with pytest.raises(UsageError, match="is not empty"):
        exported(course, tmp_path / "to")
    assert [path.name for path in (tmp_path / "to" / "mail").iterdir()] == ["precious.txt"]


@pytest.mark.parametrize("missing", ["starter", "assignments/mail/README.md"])
def test_what_students_need_must_be_there(missing: str, tmp_path: Path) -> None:
    course = small_course(tmp_path / "course")
    path = course.root / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(CourseError, match="is missing"):
        exported(course, tmp_path / "to")


def test_a_starter_must_not_take_the_repositorys_own_names(tmp_path: Path) -> None:
    course = small_course(tmp_path / "course")
    write(course.root / "starter" / "mail" / "README.md", "mine")
    with pytest.raises(UsageError, match=r"The starter has a file README\.md"):
        exported(course, tmp_path / "to")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "x"], "Name assignments, or give --all"),
        (["mail", "--all", "--to", "x"], "Name assignments, or give --all"),
        (["--all"], "Give --to DIR"),
        (["--all", "--to", "x", "--classroom50", "y"], "Give --to DIR"),
        (["--all", "--classroom50", "y"], "needs --classroom NAME"),
        (["--all", "--to", "x", "--classroom", "net"], "--classroom is for"),
        (["--all", "--classroom50", "y", "--classroom", "net", "--one-repository"], "are for --to DIR"),
        (["post", "--to", "x"], "There is no assignment 'post'"),
    ],
)
def test_options_that_do_not_fit_together_are_told(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(cli, ["export", *arguments])
    assert answer.exit_code == 2 and said in answer.output
    assert not (tmp_path / "x").exists() and not (tmp_path / "y").exists()


def test_the_command_says_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(cli, ["export", "mail", "--to", "out"])
    assert answer.exit_code == 0 and re.fullmatch(r"out/mail: Mail, commit [0-9a-f]{10}\n", answer.output)


# ---- the templates


def test_a_students_container_lets_the_sandbox_work(repositories: Path) -> None:
    text = (repositories / SLUGS[0] / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    settings = json.loads("\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//")))
    allowed = {argument.removeprefix("--security-opt=") for argument in settings["runArgs"]}
    assert {"seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"} <= allowed
    assert settings["postCreateCommand"].startswith(f"pip install --user {repository.WHEEL}")


def test_the_workflow_asks_for_little_and_pins_its_actions(repositories: Path) -> None:
    text = (repositories / SLUGS[0] / ".github" / "workflows" / "classroom.yml").read_text(encoding="utf-8")
    assert re.search(r"^permissions: \{\}$", text, re.MULTILINE)
    assert re.findall(r"^      ([a-z-]+: (?:write|read))", text, re.MULTILINE) == ["contents: read", "pull-requests: write"]
    uses = re.findall(r"^ +- uses: (\S+)|^ +uses: (\S+)", text, re.MULTILINE)
    assert len(uses) == 3 and all(re.search(r"@[0-9a-f]{40}$", one or other) for one, other in uses)
    assert "persist-credentials: false" in text and "timeout-minutes" in text
