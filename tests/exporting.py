"""What the tests of an export share: wheels without a network, a fresh Python, exported repositories.

A fresh environment gets its packages from the wheelhouse: the packages of the environment that runs these tests, packed again
as wheels. So pip resolves and installs the real thing, and asks no index.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.export.export import Options, export
from grader.export.wheel import LOCK, pinned

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheels of everything that the grader needs to run."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for pin in pinned(wanted, LOCK.read_text(encoding="utf-8")):
        name, _, version = pin.partition(" ")[0].partition("==")
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system
        if package.version != version:
            pytest.skip(f"this environment has {name} {package.version}, and the lock says {version}: run make setup")
        pack_again(package, folder)
    return folder


def pack_again(package: metadata.Distribution, folder: Path) -> None:
    """Write an installed package as a wheel. Scripts are left out: pip makes them from the entry points."""
    about = package.read_text("WHEEL") or ""
    tags = re.findall(r"^Tag: (\S+)", about, re.MULTILINE)
    assert tags, package.name
    tag = next((tag for tag in tags if "py2" not in tag), tags[0])  # one for Python 2 and 3 has a tag for each
    name = re.sub(r"[-_.]+", "_", package.name)
    with zipfile.ZipFile(folder / f"{name}-{package.version}-{tag}.whl", "w") as wheel:
        for file in package.files or []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                wheel.write(Path(str(package.locate_file(file))), file.as_posix())


@pytest.fixture(scope="session")
def offline(wheelhouse: Path) -> dict[str, str]:
    """An environment in which pip knows the wheelhouse and nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheelhouse),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }


@pytest.fixture(scope="session")
def fresh_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of a new, empty Python environment: what actions/setup-python gives a workflow."""
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder / "bin"


@pytest.fixture(scope="session")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This course, exported: one repository for each assignment."""
    folder = tmp_path_factory.mktemp("repositories")
    course = load_course(ROOT)
    for _ in export(course, [], Options(to=folder)):
        pass
    return folder


@pytest.fixture(scope="session")
def one_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This course, exported: all assignments in one repository."""
    folder = tmp_path_factory.mktemp("one") / "all"
    for _ in export(load_course(ROOT), [], Options(to=folder, one_repository=True)):
        pass
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git as a person without any settings, and return what it printed."""
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "s01", f"GIT_{role}_EMAIL": "s01@localhost.invalid"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def clone(template: Path, folder: Path) -> Path:
    """Push an export to a new bare repository and clone that into `folder`, as a student does."""
    bare = folder.with_suffix(".git")
    git(folder.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git(template, "push", "--quiet", str(bare), "main")
    git(folder.parent, "clone", "--quiet", str(bare), str(folder))
    return folder


def hand_in(repository: Path, files: Mapping[str, bytes]) -> str:
    """Commit `files` and push them; return the commit."""
    for name, data in files.items():
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=My work")
    git(repository, "push", "--quiet")
    return git(repository, "rev-parse", "HEAD").strip()


def solution(slug: str, below: str = "") -> dict[str, bytes]:
    return read(ROOT / "solutions" / slug, below)


def mistake(slug: str, name: str) -> dict[str, bytes]:
    return {path: data for path, data in read(ROOT / "assignments" / slug / "mistakes" / name).items() if path != "mistake.toml"}


def read(folder: Path, below: str = "") -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {f"{below}{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}
