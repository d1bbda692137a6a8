"""A new assignment: what is written, that it keeps to the course's own rules by a real grading, and which slugs are refused."""

from __future__ import annotations

import keyword
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import cli
from grader.commands.new import scaffold
from grader.course.course import load_course
from grader.errors import UsageError
from tests.fakes import make_course


def files_of(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_it_writes_the_three_folders_and_names_every_file(course_root: Path) -> None:
    before = files_of(course_root)
    written = scaffold(course_root, "dns_lookup")
    assert {path.relative_to(course_root.resolve()).as_posix() for path in written} == files_of(course_root) - before
    made = {path.relative_to(course_root.resolve()).parts[0] for path in written}
    assert made == {"assignments", "starter", "solutions"}


def test_it_is_the_last_in_the_course_at_the_next_ten(course_root: Path) -> None:
    last = load_course(course_root).assignments[-1].order
    scaffold(course_root, "dns_lookup")
    scaffold(course_root, "dns_cache")
    *_, first, second = load_course(course_root).assignments
    assert (first.slug, second.slug) == ("dns_lookup", "dns_cache")
    assert last < first.order <= last + 10 and first.order % 10 == 0
    assert second.order == first.order + 10


@pytest.mark.parametrize(
    ("given", "title"),
    [("", "Dns lookup"), ("Look up a name", "Look up a name"), ('Zoë\'s "new" \\ one', 'Zoë\'s "new" \\ one'), ("  x ", "x")],
)
def test_a_title_is_kept_as_it_is_or_made_of_the_slug(course_root: Path, given: str, title: str) -> None:
    scaffold(course_root, "dns_lookup", given)
    assert load_course(course_root).assignment("dns_lookup").title == title
    handout = course_root / "assignments" / "dns_lookup" / "README.md"
    assert handout.read_text(encoding="utf-8").startswith(f"# {title}\n")


def test_its_mistakes_are_all_different_from_the_solution(course_root: Path) -> None:
    scaffold(course_root, "dns_lookup")
    solution = (course_root / "solutions" / "dns_lookup" / "dns_lookup.py").read_text(encoding="utf-8")
    mistakes = sorted((course_root / "assignments" / "dns_lookup" / "mistakes").glob("*/dns_lookup.py"))
    sources = {path.read_text(encoding="utf-8") for path in mistakes}
    assert len(sources) == len(mistakes) == 4
    assert solution not in sources


def test_grader_verify_finds_nothing_wrong_but_what_is_to_be_done(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    runner = CliRunner()
    made = runner.invoke(cli, ["new", "dns_lookup", "--course", str(course)])
    assert made.exit_code == 0, made.output
    assert "assignments/dns_lookup/README.md" in made.output.splitlines()
    allowed = runner.invoke(cli, ["verify", "dns_lookup", "--allow-todo", "--course", str(course)])
    assert allowed.exit_code == 0, allowed.output
    strict = runner.invoke(cli, ["verify", "dns_lookup", "--course", str(course)])
    assert strict.exit_code == 1
    problems = [line for line in strict.output.splitlines() if line.startswith(("assignments/", "starter/", "solutions/"))]
    files = [f"assignments/dns_lookup/{name}" for name in ("assignment.toml", "README.md")]
    assert problems == [f"{file}: This still says TODO; finish it." for file in files]


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "DnsLookup",
        "dns-lookup",
        "dns lookup",
        "2nd",
        "_dns",
        "../dns",
        "dns/lookup",
        "dns.lookup",
        "größe",
        "a\n",
        *keyword.kwlist,
    ],
)
def test_a_slug_that_is_no_name_of_a_module_is_refused(course_root: Path, slug: str) -> None:
    refused(course_root, slug, "cannot be a slug")


@pytest.mark.parametrize("slug", ["socket", "sqlite3", "threading"])
def test_a_slug_that_would_hide_a_module_of_python_is_refused(course_root: Path, slug: str) -> None:
    refused(course_root, slug, "would hide the module")


@pytest.mark.parametrize("tree", ["assignments", "starter", "solutions"])
@pytest.mark.parametrize("name", ["dns_lookup", "DNS-Lookup"])
def test_a_slug_whose_folder_is_there_is_refused(course_root: Path, tree: str, name: str) -> None:
    (course_root / tree / name).mkdir(parents=True)
    refused(course_root, "dns_lookup", "is there already")


def refused(root: Path, slug: str, words: str) -> None:
    before = files_of(root)
    with pytest.raises(UsageError, match=words) as caught:
        scaffold(root, slug)
    assert str(caught.value).count(". ") == 0 and str(caught.value).endswith(".")
    assert files_of(root) == before


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        scaffold(tmp_path, "dns_lookup")
    assert not files_of(tmp_path)
