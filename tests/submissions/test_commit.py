from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from grader.submissions.commit import Commit, commit_of
from tests.fakes import write

WHEN = "2026-10-05T10:00:00+02:00"


def git(folder: Path, *arguments: str, when: str = WHEN) -> str:
    """Run git as the student did, on the student's machine."""
    who = {"GIT_AUTHOR_NAME": "s", "GIT_AUTHOR_EMAIL": "s@x", "GIT_COMMITTER_NAME": "s> 1 +0000", "GIT_COMMITTER_EMAIL": "s@x"}
    settings = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    environment = {"PATH": os.environ["PATH"], **who, **settings}
    command = ["git", "-C", str(folder), "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "student"
    write(folder / "mail.py", "right")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "committer fake <x@x> 99 +0000")
    return folder


def expected(repository: Path) -> Commit:
    return Commit(git(repository, "rev-parse", "HEAD"), "2026-10-05T08:00:00Z")


def test_the_commit_and_its_time(repository: Path) -> None:
    assert commit_of(repository) == expected(repository)


def test_a_packed_repository(repository: Path) -> None:
    git(repository, "gc", "-q")
    assert not (repository / ".git" / "refs" / "heads" / "main").exists()
    assert commit_of(repository) == expected(repository)


def test_a_detached_head_and_a_branch_with_a_slash(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert commit_of(repository) == expected(repository)
    git(repository, "checkout", "-q", "-b", "mine/second-try")
    assert commit_of(repository) == expected(repository)


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    write(tmp_path / "mail.py")
    git(tmp_path, "init", "-q", "--object-format=sha256")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    found = commit_of(tmp_path)
    assert found == expected(tmp_path)
    assert found is not None and len(found.hash) == 64


def test_no_repository_and_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert commit_of(tmp_path) is None


def test_without_git_the_commit_is_known_and_its_time_is_not(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = expected(repository)
    monkeypatch.setenv("PATH", "/nowhere")
    assert commit_of(repository) == Commit(known.hash)


def test_a_git_folder_somewhere_else_is_not_followed(repository: Path, tmp_path: Path) -> None:
    """Neither a link nor a `gitdir:` file: the commit of another repository would be reported."""
    thief = write(tmp_path / "thief" / ".git", f"gitdir: {repository / '.git'}").parent
    assert commit_of(thief) is None
    (thief / ".git").unlink()
    (thief / ".git").symlink_to(repository / ".git")
    assert commit_of(thief) is None
    (thief / ".git").unlink()
    (thief / ".git").mkdir()
    (thief / ".git" / "objects").symlink_to(repository / ".git" / "objects")
    write(thief / ".git" / "HEAD", git(repository, "rev-parse", "HEAD"))
    assert commit_of(thief) is None


def test_nothing_in_the_repository_is_started(repository: Path, tmp_path: Path) -> None:
    """Settings of git that name a program, hooks and an own `git` in the folder: none of them runs."""
    mark = tmp_path / "it-ran"
    evil = write(repository / "evil", f"#!/bin/sh\ntouch {mark}\n")
    evil.chmod(0o755)
    for name in ("git", ".git/hooks/post-checkout", ".git/hooks/fsmonitor-watchman", ".git/hooks/reference-transaction"):
        write(repository / name, evil.read_text()).chmod(0o755)
    known = expected(repository)
    write(
        repository / ".git" / "config",
        f"[core]\n fsmonitor = {evil}\n pager = {evil}\n hooksPath = .\n sshCommand = {evil}\n editor = {evil}\n"
        f"[log]\n showSignature = true\n[gpg]\n program = {evil}\n[alias]\n cat-file = !{evil}\n[pager]\n cat-file = {evil}\n"
        f'[diff]\n external = {evil}\n[filter "x"]\n smudge = {evil}\n[include]\n path = /etc/passwd\n',
    )
    assert commit_of(repository) == known
    assert not mark.exists()


@pytest.mark.parametrize(
    "head",
    ["", "ref: refs/heads/../../../x", "ref: /etc/passwd", "ref: refs/heads/none", "0" * 39, "ref: --upload-pack=x", "é" * 40],
)
def test_a_head_that_means_nothing(repository: Path, head: str) -> None:
    write(repository / ".git" / "HEAD", head)
    assert commit_of(repository) is None


def test_a_pipe_in_place_of_a_file_is_not_waited_for(repository: Path) -> None:
    (repository / ".git" / "HEAD").unlink()
    os.mkfifo(repository / ".git" / "HEAD")
    assert commit_of(repository) is None


def test_a_pipe_in_place_of_the_object_is_waited_for_only_so_long(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = git(repository, "rev-parse", "HEAD")
    loose = repository / ".git" / "objects" / name[:2] / name[2:]
    loose.unlink()
    os.mkfifo(loose)
    monkeypatch.setattr("grader.submissions.commit.GIT_SECONDS", 0.3)
    assert commit_of(repository) == Commit(name)


def test_a_huge_commit_does_not_fill_the_memory(repository: Path) -> None:
    """A small file that unpacks to much: git is told where to end."""
    text = write(repository / "text", "x" * (100 * 1024 * 1024))
    git(repository, "commit", "-q", "--allow-empty", "-F", str(text))
    found = commit_of(repository)
    assert found is not None and found.at == ""


def test_an_absurd_time_is_no_time(repository: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "x", when="@99999999999 +0000")
    found = commit_of(repository)
    assert found is not None and found.at in ("", "5138-11-16T09:46:39Z")
