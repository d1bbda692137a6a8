"""A wheel of this grader with a course's public parts inside, made without a network. What is public: `public`.

The same grader and course give the same bytes, everywhere: no time, no path and no user of this machine is in the file.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata

from grader import __version__
from grader.course.course import BUNDLED
from grader.errors import GraderError
from grader.export.public import Files, read_folder

PACKAGE = BUNDLED.parent
LOCK = PACKAGE.parent / "requirements.lock"
NOT_FOR_STUDENTS = {BUNDLED.name, "templates"}
"""What of the package is left out: another course, and the patterns that authors and instructors start from."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can hold."""


def build_wheel(course: Files) -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel with this grader and `course` (paths from the course's root).

    Its version ends in a hash over the content, so that pip sees that another course's wheel is another one. It asks for
    the very versions of requirements.lock. Raises GraderError if the grader is not installed as a package.
    """
    project = _project()
    files = {f"{PACKAGE.name}/{path}": data for path, data in read_folder(PACKAGE).items()}
    files = {path: data for path, data in files.items() if path.split("/")[1] not in NOT_FOR_STUDENTS}
    files |= {f"{PACKAGE.name}/{BUNDLED.name}/{path}": data for path, data in course.items()}
    pins = pinned(project.requirements, LOCK.read_text(encoding="utf-8") if LOCK.is_file() else "")
    version = f"{__version__}+course.{_digest(files, pins)}"
    info = f"grader-{version}.dist-info"
    files[f"{info}/METADATA"] = _metadata(version, project, pins).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\ngrader = grader.cli:main\n"
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    return f"grader-{version}-py3-none-any.whl", _zip(files)


def pinned(requirements: Iterable[str], lock: str) -> list[str]:
    """Return `requirements` and all that they need, each with the version it has in `lock` (as `uv pip compile` writes it).

    Requirements of extras are left out. Without a lock the requirements come back as they are.
    """
    wanted = [line for line in requirements if not re.search(r";.*\bextra\s*==", line)]
    if not lock:
        return sorted(wanted)
    names = {_normal(re.match(r"[\w.-]+", line)[0]) for line in wanted}  # type: ignore[index]
    entries = [_Entry(text) for text in re.split(r"\n(?=[A-Za-z0-9])", lock) if re.match(r"[\w.-]+==", text)]
    while more := {entry.name for entry in entries if entry.wanted_by & names} - names:
        names |= more
    if missing := names - {entry.name for entry in entries}:
        raise GraderError(f"{LOCK} does not pin {', '.join(sorted(missing))}. Run `make lock`.")
    return [entry.requirement for entry in entries if entry.name in names]


class _Entry:
    """One entry of the lock: `name==version ; marker \\`, its hashes, then `# via` and who wants it."""

    def __init__(self, text: str) -> None:
        self.requirement = text.partition("\n")[0].removesuffix("\\").strip()
        self.name = _normal(self.requirement.partition("==")[0])
        comments = re.findall(r"^\s*#\s*(?:via)?\s*([\w.-]+)", text, re.MULTILINE)
        self.wanted_by = {_normal(name) for name in comments}


@dataclass(frozen=True)
class _Project:
    """What a package says of itself."""

    summary: str
    python: str
    requirements: list[str]


def _project() -> _Project:
    """Ask pyproject.toml, which a checkout has and which is never out of date, else the installed package."""
    file = PACKAGE.parent / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        return _Project(project["description"], project["requires-python"], project["dependencies"])
    try:
        about = metadata.metadata(PACKAGE.name)
    except metadata.PackageNotFoundError as error:
        raise GraderError(
            "This grader is not installed as a package, so no wheel can be made of it. Run `make setup`."
        ) from error
    return _Project(about["Summary"], about["Requires-Python"], about.get_all("Requires-Dist") or [])


def _metadata(version: str, project: _Project, pins: Iterable[str]) -> str:
    lines = ["Metadata-Version: 2.1", "Name: grader", f"Version: {version}", f"Summary: {project.summary}"]
    lines += [f"Requires-Python: {project.python}", *(f"Requires-Dist: {pin}" for pin in pins)]
    return "\n".join(lines) + "\n"


def _digest(files: Mapping[str, bytes], pins: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(pins).encode())
    for path, data in sorted(files.items()):
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:12]


def _record(files: Mapping[str, bytes], itself: str) -> bytes:
    rows = []
    for path, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        name = f'"{path}"' if "," in path else path
        rows.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*rows, f"{itself},,", ""]).encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Pack `files`; those of the package first, its description last, as wheels should have it.

    They are not compressed: git does that anyway, and no two versions of zlib need to agree.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files, key=lambda path: (".dist-info/" in path, path.endswith("/RECORD"), path)):
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.create_system = 3  # unix, whatever this machine is
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[path])
    return packed.getvalue()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
