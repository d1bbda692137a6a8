"""The roster: who is in the class. Two services write one, and each has a header of its own. Points are not in here.

    identifier,github_username,github_id,name                             GitHub Classroom's classroom_roster.csv
    username,first_name,last_name,email,section,github_id,role            Classroom 50's roster.csv

Columns may come in any order, more are allowed, and `email` and `section` are read from either. Spreadsheets save such a file
with commas, semicolons or tabs between the columns, in UTF-8, in UTF-16 ("Unicode Text") or in Windows' own encoding.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from grader.errors import UsageError
from grader.model import Assignment, Member
from grader.names import shown
from grader.submissions.finding import Found, Location

STUDENTS = {"", "student", "learner", "pupil", "participant", "member"}
"""Roles of people who hand something in, by Classroom 50 and by what other systems export."""
NOT_STUDENTS = {
    "teacher", "teaching", "instructor", "lecturer", "professor", "prof", "faculty", "tutor", "mentor", "ta", "tas", "assistant",
    "owner", "maintainer", "admin", "administrator", "manager", "coordinator", "designer", "staff", "grader", "marker",
    "observer", "guest",
}  # fmt: skip
"""Words in the roles of people who hand nothing in."""
_WORD = re.compile(r"[^\W\d_]+")
_PROFILE = re.compile(r"(?:https?://)?(?:www\.)?github\.com/+([^/?#\s]+)\S*", re.IGNORECASE)
_SHOWN = 3
"""Names that a note shows."""


@dataclass(frozen=True)
class Roster:
    """The members of a class, in the order of the file. Names match without regard to case and to the form of their letters."""

    members: tuple[Member, ...] = ()
    notes: tuple[str, ...] = ()
    """What was guessed about the file, so that a person can look at it."""

    def find(self, name: str) -> Member | None:
        """Return the member with this username, else with this identifier, else None."""
        return self._by_name.get(same_name(name))

    @cached_property
    def _by_name(self) -> Mapping[str, Member]:
        names = {same_name(member.identifier): member for member in self.members if member.identifier}
        return names | {same_name(member.username): member for member in self.members if member.username}

    def by_student(self) -> Mapping[str, Member]:
        """Return the members by the name that results have."""
        return {member.student: member for member in self.members}


def same_name(name: str) -> str:
    """The same for two spellings of one name: macOS writes an é in a folder's name as two characters (Unicode's NFD)."""
    return unicodedata.normalize("NFC", name).casefold()


def read_roster(file: Path) -> Roster:
    """Read a roster of either service. Raises UsageError that says what is wrong, and in which line."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"The roster {file} cannot be read: {error.strerror}.") from error
    text, encoding = _decoded(file, data)
    try:
        members, unknown = _members(file, text)
        return Roster(members, (*_guessed(file, encoding, members), *unknown))
    except csv.Error as error:
        raise UsageError(f"The roster {file} is no CSV: {error}. Is a quotation mark missing?") from error


def _decoded(file: Path, data: bytes) -> tuple[str, str]:
    """Return the text and, if the file does not say it by itself, the encoding that was guessed."""
    for encoding, guessed in _encodings(data):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if "\0" not in text:
                return text, guessed
    raise UsageError(f"The roster {file} is no text in UTF-8. Save it as CSV in UTF-8.")


def _encodings(data: bytes) -> tuple[tuple[str, str], ...]:
    """Encodings to try, each with its name if it is a guess. A roster begins with an ASCII letter: `identifier`, `username`."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return (("utf-16", ""),)
    if 0 in data[:2]:
        return (("utf-16-be" if data[0] == 0 else "utf-16-le", "UTF-16"),)
    return (("utf-8-sig", ""), ("cp1252", "Windows-1252"))


def _guessed(file: Path, encoding: str, members: Sequence[Member]) -> tuple[str, ...]:
    """The note on a guessed encoding: names in which a wrong guess would show."""
    telling = [shown(member.name) for member in members if not member.name.isascii()][:_SHOWN]
    names = f": is this right: {', '.join(telling)}? If not, save it as CSV in UTF-8" if telling else ""
    return (f"The roster {file.name} is not in UTF-8 and was read as {encoding}{names}.",) if encoding else ()


def _members(file: Path, text: str) -> tuple[tuple[Member, ...], list[str]]:
    """Return the members, and a note on each role that nobody knows."""
    first_line, _, rest = text.partition("\n")
    if first_line.strip().lower().startswith("sep="):  # Excel's own hint on what is between the columns
        text, first_line = rest, rest.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)  # some spreadsheets save CSV with other signs than commas
    lines = io.StringIO(text, newline="")
    rows = csv.DictReader(lines, restval="", skipinitialspace=True, delimiter=delimiter, strict=True)
    header = [name.strip().lower() for name in rows.fieldnames or []]
    if not {"github_username", "username"} & set(header):
        raise UsageError(
            f"{file} is no roster: its first line has neither `github_username` (as in identifier,github_username,github_id,name)"
            " nor `username` (as in username,first_name,last_name,email,section,github_id,role)."
        )
    rows.fieldnames = header
    members: dict[str, Member] = {}
    notes: list[str] = []
    for row in rows:
        values = {name: (value or "").strip() for name, value in row.items() if name and isinstance(value, str | None)}
        role = values.get("role", "").lower()
        if not any(values.values()) or not NOT_STUDENTS.isdisjoint(_WORD.findall(role)):
            continue
        member = _member(values)
        if not member.student:
            raise UsageError(f"{file}, line {rows.line_num}: there is neither a username nor an identifier.")
        if role not in STUDENTS:
            notes.append(f"The roster calls {shown(member.student)} a {shown(role)}, which was read as a student.")
        key = same_name(member.student)
        if key in members:
            raise UsageError(f"{file}, line {rows.line_num}: {shown(member.student)} is in the roster twice.")
        members[key] = member
    return tuple(members.values()), notes


def _member(row: Mapping[str, str]) -> Member:
    first, last = row.get("first_name", ""), row.get("last_name", "")
    return Member(
        username=_username(row.get("github_username", "") or row.get("username", "")),
        identifier=row.get("identifier", ""),
        first_name=first,
        last_name=last,
        name=row.get("name", "") or f"{first} {last}".strip(),
        email=row.get("email", ""),
        section=row.get("section", ""),
    )


def _username(text: str) -> str:
    """What people type as a username: the name itself, `@name`, or the address of a profile."""
    profile = _PROFILE.fullmatch(text)
    return profile[1] if profile else text.removeprefix("@").strip()


def with_roster(found: Found, roster: Roster, selected: Sequence[Assignment], root: Path) -> Found:
    """Return what was found, with each student's name as in the roster, and everybody of the roster in it.

    Who is in the roster and handed nothing in gets a `missing` for each selected assignment. Who is not in the roster is graded
    all the same, and named in a note.
    """
    locations: dict[tuple[str, str], Location] = {}
    notes: list[str] = []
    strangers: dict[str, None] = {}
    for location in found.locations:
        member = roster.find(location.student)
        if member is None:
            strangers.setdefault(location.student)
        student = member.student if member else location.student
        key = (student, location.assignment.slug)
        other = locations.get(key)
        if other is not None and other.below is not None:
            if location.below is not None:
                notes.append(
                    f"{student} has two submissions for {location.assignment.slug}:"
                    f" {shown(str(other.folder))} is graded, {shown(str(location.folder))} is not."
                )
            continue
        locations[key] = replace(location, student=student)
    for member in roster.members:
        for assignment in selected:
            locations.setdefault((member.student, assignment.slug), Location(member.student, assignment, root, None))
    notes += [f"{shown(student)} is not in the roster." for student in strangers]
    return Found(tuple(location for _, location in sorted(locations.items())), (*found.notes, *roster.notes, *notes))
