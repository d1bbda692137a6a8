"""Where submissions lie: a folder of the layouts an instructor meets -> one `Location` per student and assignment.

Nothing is read here beyond names (see `reading`), and nothing is graded.

    DIR/<student>/<slug>/            DIR/<student>/starter/<slug>/         one repository per student
    DIR/<slug>-<student>/            DIR/<classroom>-<slug>-<student>/     one repository per student and assignment
    DIR/<slug>-submissions/<slug>-<student>/                               what `gh classroom clone student-repos` left

In a repository of one assignment the files lie at the top, or below `<slug>/` or `starter/<slug>/`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import UsageError
from grader.model import Assignment, Submission
from grader.names import is_clean, same_slug, shown
from grader.submissions.lookalikes import is_packed, packed, sentences
from grader.submissions.not_fetched import not_fetched
from grader.submissions.reading import SKIPPED_FOLDERS, names_below, read_submission

LEFT_BY_TOOLS = frozenset({"result.json", "results.json", "scores.csv", "grades.csv", "release-body.md"})
"""What Classroom 50 and `gh classroom` put beside a student's files."""

_SAID = 3
"""Files by nearly the right name that are named for one folder."""


@dataclass(frozen=True)
class Location:
    """Where one student's files for one assignment lie: `root`, then the folders `below` it, none of which may be a link."""

    student: str
    assignment: Assignment
    root: Path
    below: tuple[str, ...] | None
    """None: this student has no folder for the assignment."""
    repository: tuple[str, ...] = ()
    """The folders from `root` to the student's repository, which holds these files and what else the student has."""

    @property
    def folder(self) -> Path:
        return self.root.joinpath(*self.below or ())

    def read(self) -> Submission:
        """Read the files. Raises GraderError if this machine cannot."""
        slug = self.assignment.slug
        is_repository = same_slug(self.folder.name) != same_slug(slug)
        not_theirs = LEFT_BY_TOOLS if is_repository else frozenset()
        submission = read_submission(self.student, slug, self.assignment.files, self.root, self.below, not_theirs)
        if any(name in submission.files for name in self.assignment.files):
            return submission
        names = set(names_below(self.root, self.below or self.repository))
        if self.below is not None:
            names -= set(self.assignment.files)  # in the right place, but left out: that has been said
        nearly = sentences(slug, self.assignment.files, names)
        unfetched = not_fetched(self.root, self.below or self.repository)
        return replace(submission, problems=(*submission.problems, *unfetched, *nearly))


@dataclass(frozen=True)
class Found:
    """The submissions in a folder, sorted by student, then slug, and sentences on what was not understood there."""

    locations: tuple[Location, ...]
    notes: tuple[str, ...]


def find_class(folder: Path, known: Sequence[Assignment], selected: Sequence[Assignment]) -> Found:
    """Find every student's submissions to the `selected` assignments; `known` are all of the course.

    Raises UsageError if there is no such folder, or not one submission in it.
    """
    finder = _Finder(_folder(folder), known)
    finder.search()
    found = finder.found(selected)
    if not found.locations:
        slugs = ", ".join(assignment.slug for assignment in selected)
        reasons = " ".join(found.notes[:3]) or "It holds no folders."
        raise UsageError(
            f"{folder} holds no submission for {slugs}. {reasons} A single student's repository is named with --path DIR."
        )
    return found


def find_own(folder: Path, known: Sequence[Assignment], selected: Sequence[Assignment]) -> Found:
    """Find one student's submissions in their own repository; the student is named as the folder.

    The repository holds `<slug>/` or `starter/<slug>/` folders, or is itself the folder of exactly one assignment.
    Raises UsageError if there is no such folder.
    """
    finder = _Finder(_folder(folder), known)
    student = finder.root.name or "student"
    at_top = finder.at_top(())
    if any(finder.spots((), assignment) for assignment in known):
        if at_top:
            finder.note(f"{at_top[0].files[0]} beside the assignments' folders was not read: put it into its folder.")
        finder.add_student(student, ())
    elif len(at_top) == 1:
        finder.add(student, at_top[0], (), ())
        if at_top[0] not in selected:
            finder.students[student] = ()
    else:
        finder.students[student] = ()
        what = "holds files of several assignments at its top" if at_top else "holds no assignment's folder or file"
        slugs = ", ".join(f"{assignment.slug}/" for assignment in known)
        finder.note(f"{finder.root} {what}. Expected folders: {slugs}.{finder.nearly(())}")
    return finder.found(selected)


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    return folder.resolve()


@dataclass(frozen=True)
class _Reading:
    """One way to read a folder's name as `[<classroom>-]<slug>-<student>`."""

    prefix: str
    assignment: Assignment
    student: str


@dataclass
class _Finder:
    root: Path
    known: Sequence[Assignment]
    places: dict[tuple[str, str], list[Location]] = field(default_factory=dict)
    students: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Students of whom every assignment is expected, and their repository."""
    notes: list[str] = field(default_factory=list)
    listings: dict[tuple[str, ...], list[tuple[str, bool]]] = field(default_factory=dict)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def add(self, student: str, assignment: Assignment, below: tuple[str, ...], repository: tuple[str, ...]) -> None:
        location = Location(student, assignment, self.root, below, repository)
        self.places.setdefault((student, assignment.slug), []).append(location)

    def found(self, selected: Sequence[Assignment]) -> Found:
        locations: list[Location] = []
        chosen = {assignment.slug for assignment in selected}
        for (student, slug), places in self.places.items():
            if slug in chosen:
                locations.append(places[0])
                for other in places[1:]:
                    graded, not_graded = _path(places[0].below), _path(other.below)
                    self.note(f"{student} has two submissions for {slug}: {graded} is graded, {not_graded} is not.")
        for student, repository in self.students.items():
            for assignment in selected:
                if (student, assignment.slug) not in self.places:
                    locations.append(Location(student, assignment, self.root, None, repository))
        return Found(tuple(sorted(locations, key=lambda at: (at.student, at.assignment.slug))), tuple(self.notes))

    # ---- one folder of students

    def search(self) -> None:
        repositories = list(self.repositories())
        prefixes = [reading.prefix for below in repositories for reading in self.readings(below[-1])[:1]]
        for below in repositories:
            self.place(below, shared=prefixes)

    def repositories(self) -> Iterator[tuple[str, ...]]:
        """Yield what may be a repository: the folders of the root, and those inside a `<slug>-submissions` folder."""
        self.tell_unfit(())
        for name in self.folders(()):
            children = self.folders((name,)) if _slug_of_many(name) else []
            if not any(self.belongs(name, child) for child in children):
                yield (name,)
                continue
            self.tell_unfit((name,))
            for child in children:
                if self.belongs(name, child):
                    yield (name, child)
                else:
                    self.note(f"{_path((name, child))} was left out: its name does not begin as its folder's does.")

    def belongs(self, many: str, child: str) -> bool:
        """Tell whether `child` can be read as a repository for the slug of the `<slug>-submissions` folder `many`."""
        return any(same_slug(reading.assignment.slug) == _slug_of_many(many) for reading in self.readings(child))

    def place(self, below: tuple[str, ...], shared: list[str]) -> None:
        name = below[-1]
        inside = [assignment for assignment in self.known if self.spots(below, assignment)]
        at_top = self.at_top(below)
        reading = self.best(below, inside, at_top)
        if reading:
            others = [assignment for assignment in inside if assignment is not reading.assignment]
            if others and reading.assignment not in at_top:
                as_student = shared.count(reading.prefix) < 2
                read_as = f"the repository of {name}" if as_student else f"{reading.student}'s {reading.assignment.slug}"
                self.note(f"{_path(below)} could be of two layouts; it was read as {read_as}.")
                if as_student:
                    self.add_student(name, below)
                    return
            spots = [] if reading.assignment in at_top else self.spots(below, reading.assignment)
            self.add(reading.student, reading.assignment, spots[0] if spots else below, below)
        elif inside:
            self.add_student(name, below)
        elif len(at_top) == 1:
            self.note(f"{_path(below)} has no folder {at_top[0].slug}/; its files were read as {name}'s {at_top[0].slug}.")
            self.add(name, at_top[0], below, below)
        else:
            slugs = ", ".join(assignment.slug for assignment in self.known)
            why = "has files of several assignments at its top" if at_top else "has no folder of an assignment"
            told = f"{_path(below)} was left out: it {why} ({slugs}), and its name is not <slug>-<student>."
            self.note(" ".join((told, *not_fetched(self.root, below))) + self.nearly(below))

    def nearly(self, below: tuple[str, ...]) -> str:
        """What a folder without a submission holds instead, by nearly the right names; for the end of a note."""
        names = names_below(self.root, below)
        told = {text for one in self.known for text in sentences(one.slug, one.files, names)}
        return "".join(f" {text}" for text in sorted(told)[:_SAID])

    def add_student(self, student: str, below: tuple[str, ...]) -> None:
        self.students[student] = below
        for assignment in self.known:
            spots = self.spots(below, assignment)
            if spots:
                self.add(student, assignment, spots[0], below)
            for other in spots[1:]:
                if self.holds(other, assignment):
                    self.note(f"{_path(other)} was not read: {_path(spots[0])} is {student}'s {assignment.slug}.")

    # ---- names

    def readings(self, name: str) -> list[_Reading]:
        """Return every way to read `name`: first as `<slug>-<student>`, then those with the longest classroom."""
        readings = []
        for assignment in self.known:
            slug = re.escape(assignment.slug).replace("_", "[-_]").replace(r"\-", "[-_]")
            for match in re.finditer(rf"(?:^|(?<=-)){slug}-(?=.)", name, re.IGNORECASE):
                readings.append((match.start(), _Reading(same_slug(name[: match.end()]), assignment, name[match.end() :])))
        readings.sort(key=lambda entry: (entry[0] != 0, -entry[0]))
        return [reading for _, reading in readings]

    def best(self, below: tuple[str, ...], inside: list[Assignment], at_top: list[Assignment]) -> _Reading | None:
        """Choose the reading of a folder's name that its files bear out, else the first."""
        readings = self.readings(below[-1])
        if len(below) > 1:
            readings = [reading for reading in readings if same_slug(reading.assignment.slug) == _slug_of_many(below[0])]
        for evidence in (at_top, inside):
            for reading in readings:
                if reading.assignment in evidence:
                    return reading
        return readings[0] if readings else None

    # ---- folders

    def spots(self, below: tuple[str, ...], assignment: Assignment) -> list[tuple[str, ...]]:
        """Return the folders of a repository that are named as the assignment, best first: those with a file of it."""
        slug = same_slug(assignment.slug)
        spots = [
            (*below, *way, name)
            for way in ((), ("starter",))
            for name in self.folders((*below, *way), links=True)
            if same_slug(name) == slug
        ]
        return sorted(spots, key=lambda spot: not self.holds(spot, assignment))

    def at_top(self, below: tuple[str, ...]) -> list[Assignment]:
        return [assignment for assignment in self.known if self.holds(below, assignment)]

    def holds(self, below: tuple[str, ...], assignment: Assignment) -> bool:
        folder = self.root.joinpath(*below)
        if below and os.path.islink(folder):
            return False
        return any(os.path.islink(folder / name) or os.path.isfile(folder / name) for name in assignment.files)

    def folders(self, below: tuple[str, ...], links: bool = False) -> list[str]:
        """Return the names of the folders in a folder, sorted; a link is no folder unless `links`."""
        return [name for name, is_link in self._listed(below) if is_clean(name) and (links or not is_link)]

    def tell_unfit(self, below: tuple[str, ...]) -> None:
        """Note the folders in a folder that `folders` leaves out, and folders that came packed."""
        for name in names_below(self.root, below, deep=False):
            if is_packed(name):
                self.note(packed(_path((*below, name))))
        for name, is_link in self._listed(below):
            if is_link or not is_clean(name):
                why = "it is a link" if is_link else "its name is not plain UTF-8 text; rename it"
                self.note(f"{_path((*below, name))} was left out: {why}.")

    def _listed(self, below: tuple[str, ...]) -> list[tuple[str, bool]]:
        """Return (name, whether it is a link) of the folders and links in a folder, sorted."""
        if below not in self.listings:
            folder = self.root.joinpath(*below)
            listing: list[tuple[str, bool]] = []
            if not below or (os.path.isdir(folder) and not os.path.islink(folder)):
                try:
                    with os.scandir(folder) as entries:
                        listing = [(entry.name, entry.is_symlink()) for entry in entries if _counts(entry)]
                except OSError as error:
                    self.note(f"{_path(below)} cannot be read: {error.strerror}.")
            self.listings[below] = sorted(listing)
        return self.listings[below]


def _counts(entry: os.DirEntry[str]) -> bool:
    hidden = entry.name.startswith(".") or entry.name in SKIPPED_FOLDERS
    return not hidden and (entry.is_symlink() or entry.is_dir(follow_symlinks=False))


def _slug_of_many(name: str) -> str:
    """Return the slug of a folder named `<slug>-submissions`, else nothing."""
    flat = same_slug(name)
    return flat.removesuffix("-submissions") if flat.endswith("-submissions") else ""


def _path(below: tuple[str, ...] | None) -> str:
    return shown("/".join(below or ("the folder itself",)))
