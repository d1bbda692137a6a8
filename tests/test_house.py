"""The house rules: what may import what, how long a module may be, and that the papers at the door tell the truth.

Rules about one module's behaviour do not belong in here; they stand in the tests of that module.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from grader.cli import cli
from grader.course.course import load_course
from grader.submissions.finding import find_class

ROOT = Path(__file__).resolve().parent.parent
ENGINE = sorted((ROOT / "grader").rglob("*.py"))
CHECKS = sorted((ROOT / "assignments").glob("*/checks/**/*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "hostile" not in path.relative_to(ROOT).parts)
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]

PURE_PARTS = {"protocols", "reports", "model.py", "limits.py", "errors.py", "codec.py"}
PURE = [path for path in ENGINE if path.relative_to(ROOT / "grader").parts[0] in PURE_PARTS]
OUTSIDE_WORLD = {
    "asyncio", "ctypes", "fcntl", "http", "multiprocessing", "os", "psutil", "random", "secrets", "select", "selectors",
    "shutil", "signal", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
CLOCK = {"now", "today", "utcnow"}
LONGEST_MODULE = 350


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def calls(path: Path) -> Iterator[str]:
    """Yield what is called in a file, as it is written: `time.sleep`, `datetime.now`, `print`."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def text_files() -> list[Path]:
    """Every file of the repository that git keeps or would keep, as far as it is text."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git repository: there is no list of the files that belong to it")
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink() and b"\0" not in path.read_bytes()]


# ---- modules


@pytest.mark.parametrize("path", PURE, ids=named)
def test_a_pure_module_touches_no_network_process_clock_or_environment(path: Path) -> None:
    reached = {name for name in imports(path) if name.partition(".")[0] in OUTSIDE_WORLD}
    asked = {name for name in calls(path) if name.rpartition(".")[2] in CLOCK}
    assert not reached | asked


def test_the_protocols_know_nothing_of_the_rest_of_the_grader() -> None:
    for path in (ROOT / "grader" / "protocols").glob("*.py"):
        own = {name for name in imports(path) if name.startswith("grader.") and not name.startswith("grader.protocols")}
        assert own <= {"grader.errors", "grader.model"}, named(path)


@pytest.mark.parametrize("path", ENGINE, ids=named)
def test_a_module_is_short_and_opens_with_what_it_holds(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(ast.parse(source)) or not source.strip(), "it has no docstring"


def test_the_engine_names_no_assignment() -> None:
    course = load_course(ROOT)
    protocols = {server for assignment in course.assignments for server in assignment.uses}
    packages = {path.name for path in (ROOT / "grader").iterdir() if path.is_dir()}
    # `echo` and `chat` are protocols, too, and `protocols` is what the engine keeps them in.
    slugs = {assignment.slug for assignment in course.assignments} - protocols - packages
    assert slugs
    word = re.compile(rf"(?<![\w/])({'|'.join(slug.replace('_', '[-_]') for slug in sorted(slugs))})(?!\w)")
    found = [f"{named(path)}: {match[0]}" for path in ENGINE for match in word.finditer(path.read_text(encoding="utf-8"))]
    assert not found


@pytest.mark.parametrize("path", CHECKS, ids=named)
def test_a_check_imports_only_what_is_made_for_checks(path: Path) -> None:
    foreign = {name for name in imports(path) if name.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign <= {"grader.checks", *(f".{helper.stem}" for helper in path.parent.glob("*.py"))}


@pytest.mark.parametrize("path", CHECKS + TESTS, ids=named)
def test_nothing_waits_by_sleeping(path: Path) -> None:
    assert not {name for name in calls(path) if name in ("time.sleep", "sleep", "asyncio.sleep")}


# ---- papers


def commands_of(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (command, options) for every `grader …` in the code of a Markdown text."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    for line in [*(line for block in blocks for line in block.splitlines()), *spans]:
        found = re.match(r"(?:\$ )?(?:uv run |\.venv/bin/)?grader ([a-z]+)(.*)", line.strip())
        if found:
            yield found[1], re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", found[2].partition(" # ")[0])


@pytest.mark.parametrize("path", PAPERS, ids=named)
def test_every_command_in_the_papers_exists(path: Path) -> None:
    for name, options in commands_of(path.read_text(encoding="utf-8")):
        command = cli.commands.get(name)
        assert command is not None, f"grader {name}"
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert set(options) <= known | {"--help"}, f"grader {name} has no {set(options) - known}"


def test_the_readme_names_every_command() -> None:
    answer = CliRunner().invoke(cli, ["--help"])
    assert answer.exit_code == 0
    told = {name for name, _ in commands_of((ROOT / "README.md").read_text(encoding="utf-8"))}
    assert set(cli.list_commands(click.Context(cli))) <= told
    for name in cli.commands:
        assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0, name


@pytest.mark.parametrize("path", PAPERS, ids=named)
def test_every_make_target_and_path_in_the_papers_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets
    folders = "|".join(sorted(entry.name for entry in ROOT.iterdir() if entry.is_dir() and not entry.name.startswith(".")))
    named_paths = {match for match in re.findall(r"`([^`\s]+)`", text) if re.match(rf"(?:{folders})/", match)}
    gone = {name for name in named_paths if not re.search(r"[<>*…{]|/v\d+$", name) and not (ROOT / name).exists()}
    links = {link for link in re.findall(r"\]\(([^)#\s]+)", text) if not link.startswith(("http:", "https:", "mailto:"))}
    gone |= {link for link in links if not (path.parent / link).exists()}
    made_by_running = {"report/", "submissions/"}
    assert not {name for name in gone if not any(name.startswith(made) for made in made_by_running)}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(rb"(?<![\w./-])/(work|workspaces?|home|Users)/")
    assert not [named(path) for path in text_files() if place.search(path.read_bytes())]


# ---- the lock, and what continuous integration runs


def test_the_lock_pins_everything_by_hash_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^ *#.*\n", "", lock, flags=re.MULTILINE).strip())
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry) and "--hash=sha256:" in entry, entry.splitlines()[0]
    assert not re.search(r"https?:|file:|--index|--find-links", lock)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    pinned = {entry.partition("==")[0] for entry in entries}
    assert {re.match(r"[\w-]+", line)[0].lower() for line in wanted} <= pinned  # type: ignore[index]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in project["build-system"]["requires"]} <= pinned  # type: ignore[index]


def test_continuous_integration_runs_what_a_person_runs() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert ".ci/run" in workflow and "persist-credentials: false" in workflow
    assert re.search(r"^permissions:\n  contents: read\n", workflow, re.MULTILINE)
    unpinned = [use for use in re.findall(r"uses: (\S+)", workflow) if not re.search(r"@[0-9a-f]{40}$", use)]
    assert not unpinned


def test_the_development_container_lets_the_sandbox_work() -> None:
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    settings = json.loads("\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//")))
    allowed = {argument.removeprefix("--security-opt=") for argument in settings["runArgs"]}
    assert {"seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"} <= allowed


# ---- the sample class


def test_every_folder_of_the_sample_class_is_understood() -> None:
    assignments = load_course(ROOT).assignments
    found = find_class(ROOT / "examples" / "submissions", assignments, assignments)
    assert not found.notes
    students = {location.student for location in found.locations}
    assert len(students) >= 12
    handed_in = {location.assignment.slug for location in found.locations if location.student == "s01" and location.below}
    assert len(handed_in) >= 5
    for student in ("s11", "s12"):  # in the folders of GitHub Classroom and of Classroom 50
        assert len([location for location in found.locations if location.student == student]) >= 5
    told = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert not [student for student in students if not re.search(rf"\b{student}\b", told)]


HOSTILE = ROOT / "examples" / "submissions" / "s09"


@pytest.mark.parametrize("path", sorted(set(HOSTILE.glob("*/*.py")) - set(HOSTILE.glob("*/guard.py"))), ids=named)
def test_a_hostile_sample_first_makes_sure_that_it_is_in_the_sandbox(path: Path) -> None:
    body = ast.parse(path.read_bytes()).body
    harmless = (ast.Import, ast.ImportFrom)
    first = next(node for node in body[1:] if not isinstance(node, harmless))  # body[0] is the docstring
    assert ast.unparse(first) == "stop_outside_the_sandbox()"
    assert {name for name in imports(path) if name != "guard"} <= sys.stdlib_module_names


def test_the_guard_of_the_hostile_samples_stops_them_here() -> None:
    guards = {path.read_bytes() for path in HOSTILE.glob("*/guard.py")}
    assert len(guards) == 1
    program = "import guard; guard.stop_outside_the_sandbox(); print('would attack')"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=HOSTILE / "echo", capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 1 and not run.stdout and "nothing was done" in run.stderr
