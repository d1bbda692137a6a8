"""A student's template repository: its files, and the one commit that holds them. What of a course is public: `public`."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from grader.course.course import CARRIED, Course
from grader.errors import GraderError, UsageError
from grader.export.public import Files, handout, public_course, starter
from grader.export.wheel import build_wheel
from grader.model import Assignment

TEMPLATES = Path(__file__).parent / "templates"
WHEEL = ".grader/*.whl"
REQUIREMENTS = ".grader/requirements.txt"
AUTHOR = "Course"
EMAIL = "course@localhost.invalid"
BRANCH = "main"
_LONG_AGO = "946684800"
"""Seconds of 2000-01-01: the time of the commit when the course has no history to take one from."""


def of_one(course: Course, assignment: Assignment, grader_from: str | None) -> Files:
    """Return the repository of one assignment: handout and starter at its top."""
    files = _common(course, [assignment], grader_from)
    text = handout(assignment).decode().rstrip("\n")
    _put(files, "README.md", f"{text}\n\n{_how_to_work(grader_from)}".encode())
    for path, data in starter(course.root, assignment).items():
        _put(files, path, data)
    return files


def of_many(course: Course, assignments: Sequence[Assignment], grader_from: str | None) -> Files:
    """Return one repository for several assignments: a folder for each, with handout and starter."""
    files = _common(course, assignments, grader_from)
    rows = [f"| [{a.slug}]({a.slug}/README.md) | {a.title} | {a.max_score} |" for a in assignments]
    table = "\n".join(["| Folder | Assignment | Points |", "| --- | --- | ---: |", *rows])
    _put(files, "README.md", f"# Assignments\n\n{table}\n\n{_how_to_work(grader_from)}".encode())
    for assignment in assignments:
        _put(files, f"{assignment.slug}/README.md", handout(assignment))
        for path, data in starter(course.root, assignment).items():
            _put(files, f"{assignment.slug}/{path}", data)
    return files


def _common(course: Course, assignments: Sequence[Assignment], grader_from: str | None) -> Files:
    files = {
        ".github/workflows/classroom.yml": _template("classroom.yml", grader_from),
        ".devcontainer/devcontainer.json": _template("devcontainer.json", grader_from),
        ".gitignore": _template("gitignore", grader_from),
    }
    public = public_course(course.root, assignments)
    if grader_from is None:
        name, data = build_wheel(public)
        files[f".grader/{name}"] = data
    else:
        files[REQUIREMENTS] = f"{_requirement(grader_from)}\n".encode()
        files |= {f"{CARRIED.as_posix()}/{path}": data for path, data in public.items()}
    return files


def _put(files: Files, path: str, data: bytes) -> None:
    if path in files:
        raise UsageError(f"The starter has a file {path}, which the repository needs for itself. Rename the starter's.")
    files[path] = data


def _requirement(text: str) -> str:
    """Return `text` if it is one requirement. Raises UsageError for what pip would take for an option or for several."""
    if not re.fullmatch(r"[A-Za-z0-9][^\s\\]*( @ [^\s\\]+)?", text):
        raise UsageError(
            f"{text!r} is nothing to install from. Give one requirement, such as grader==1.2 or git+https://host/repo@v1.2."
        )
    return text


def what_to_install(grader_from: str | None) -> str:
    """Return the arguments of `pip install` in a student's repository."""
    return WHEEL if grader_from is None else f"-r {REQUIREMENTS}"


def _template(name: str, grader_from: str | None) -> bytes:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return text.replace("@INSTALL@", what_to_install(grader_from)).encode()


def _how_to_work(grader_from: str | None) -> str:
    return _template("working.md", grader_from).decode()


# ---- on the disk


def write(folder: Path, files: Files, course_root: Path) -> str:
    """Write `files` into the new or empty `folder` and commit them, alone and without a history; return the commit's hash.

    The same files give the same hash as long as the course's own history does not go on.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty. Name another folder, or remove it: an export writes over nothing.")
    try:
        for path, data in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            file.chmod(0o644)
    except OSError as error:
        raise GraderError(f"{folder} cannot be written: {error.strerror}. Name another folder.") from error
    when = _time_of(course_root)
    _git(folder, when, "init", "--quiet", "--template=", f"--initial-branch={BRANCH}")
    _git(folder, when, "add", "--all", "--force")
    _git(folder, when, "commit", "--quiet", "--no-verify", "--message=The assignment as it was given")
    return _git(folder, when, "rev-parse", "HEAD").strip()


def _time_of(course_root: Path) -> str:
    """Return the time of the course's last commit, in seconds, or a fixed one if there is none."""
    try:
        return _git(course_root, _LONG_AGO, "-c", "safe.directory=*", "log", "-1", "--format=%ct").strip() or _LONG_AGO
    except GraderError:
        return _LONG_AGO


def _git(folder: Path, when: str, *arguments: str) -> str:
    """Run git deaf to everybody's settings, hooks, keys and names. Raises GraderError if it fails."""
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": AUTHOR, f"GIT_{role}_EMAIL": EMAIL, f"GIT_{role}_DATE": f"{when} +0000"}
    command = ["git", "-c", "core.autocrlf=false", "-c", "core.fileMode=true", "-c", "gc.auto=0", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise GraderError("git is not installed, and an export ends in a commit. Install git.") from error
    if done.returncode:
        raise GraderError(f"git {arguments[0]} failed in {folder}: {done.stderr.strip()}")
    return done.stdout
