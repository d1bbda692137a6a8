"""What is remembered of a machine is good, one's own, and of this very machine; else a trial is made."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox import outer, remembered
from grader.sandbox.probe import Capability, probe, worked

GOOD = worked("unshare")
BAD = (
    replace(GOOD, launcher=False),
    Capability(Isolation.PORTABLE, "none", "it cannot"),
)

pytestmark = pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW") or not hasattr(os, "geteuid"), reason="there is no sandbox anyway")


class Trials:
    """Stands in for `probe`: how often was it asked, and what for?"""

    def __init__(self) -> None:
        self.asked: list[Isolation | None] = []
        self.answer = GOOD

    def __call__(self, wanted: Isolation | None = None) -> Capability:
        self.asked.append(wanted)
        if wanted is Isolation.SANDBOX and not self.answer.is_sandbox:
            raise CannotGrade("The sandbox is required, but this machine cannot give it.")
        return self.answer


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> Trials:
    made = Trials()
    monkeypatch.setattr(remembered, "probe", made)
    return made


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the answer is kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "grader" / remembered.FILE


def test_a_good_answer_is_asked_for_once(trials: Trials, file: Path) -> None:
    first, second = remembered.capability(), remembered.capability(Isolation.SANDBOX)
    assert trials.asked == [None]
    assert not first.remembered
    assert second == replace(first, remembered=True)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize("answer", BAD)
def test_a_bad_answer_is_asked_for_again_each_time(trials: Trials, file: Path, answer: Capability) -> None:
    trials.answer = answer
    assert [remembered.capability(), remembered.capability()] == [answer, answer]
    assert len(trials.asked) == 2
    assert not file.exists()


def test_a_bad_answer_takes_the_place_of_a_good_one(trials: Trials, file: Path) -> None:
    remembered.capability()
    trials.answer = BAD[1]
    with pytest.raises(CannotGrade):
        remembered.afresh(Isolation.SANDBOX)
    assert not file.exists()
    assert remembered.capability() == BAD[1]


def test_portable_mode_needs_no_memory(trials: Trials, file: Path) -> None:
    remembered.capability()
    trials.answer = BAD[1]
    assert remembered.capability(Isolation.PORTABLE) == BAD[1]
    assert remembered.capability(None).remembered, "asking for portable mode says nothing about the sandbox"


def test_what_was_forgotten_is_tried_again(trials: Trials, file: Path) -> None:
    remembered.capability()
    remembered.forget()
    remembered.forget()
    assert not remembered.capability().remembered


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 4000,
        '{"way": "unshare"}',
        '{"way": "unshare", "machine": "another"}',
        '{"way": ["unshare"], "machine": null}',
        '{"machine": "%s"}',
        '{"way": "none", "machine": "%s"}',
        '{"way": {}, "machine": "%s"}',
        "\0" * 5000,
        '{"way": "unshare", "machine": "%s"' + " " * 5000 + "}",
    ],
)
def test_garbage_is_no_answer(trials: Trials, file: Path, text: str) -> None:
    remembered.capability()
    file.write_text(text.replace("%s", remembered.machine()))
    assert not remembered.capability().remembered
    assert remembered.capability().remembered, "the next good answer takes its place"


def test_bytes_that_are_no_text_are_no_answer(trials: Trials, file: Path) -> None:
    remembered.capability()
    file.write_bytes(b"\xff\xfe{}")
    assert not remembered.capability().remembered


@pytest.mark.parametrize("mode", [0o620, 0o602])
@pytest.mark.parametrize("which", ["the file", "its folder"])
def test_what_others_may_write_is_not_believed(trials: Trials, file: Path, which: str, mode: int) -> None:
    remembered.capability()
    (file if which == "the file" else file.parent).chmod(mode | 0o700)
    assert not remembered.capability().remembered


def test_a_link_is_not_followed(trials: Trials, file: Path, tmp_path: Path) -> None:
    remembered.capability()
    file.rename(tmp_path / "elsewhere.json")
    file.symlink_to(tmp_path / "elsewhere.json")
    assert not remembered.capability().remembered
    assert not file.is_symlink()


def test_a_pipe_does_not_hold_anybody_up(trials: Trials, file: Path) -> None:
    remembered.capability()
    file.unlink()
    os.mkfifo(file)
    assert not remembered.capability().remembered


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_believed(trials: Trials, file: Path) -> None:
    remembered.capability()
    os.chown(file, 65534, 65534)
    assert not remembered.capability().remembered
    os.chown(file.parent, 65534, 65534)
    remembered.capability()
    assert not remembered.capability().remembered, "nor is anything kept in a folder of another's"


@pytest.mark.parametrize("home", [None, "", "relative", "/proc/no/such/place", "/dev/null"])
def test_no_place_to_keep_it_is_no_trouble(trials: Trials, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    assert [remembered.capability(), remembered.capability()] == [GOOD, GOOD]
    remembered.forget()


def test_the_cache_of_the_home_serves_too(trials: Trials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # counts for nothing, as the specification says
    monkeypatch.setenv("HOME", str(tmp_path))
    remembered.capability()
    assert (tmp_path / ".cache" / "grader" / remembered.FILE).is_file()


def test_another_machine_is_tried_for_itself(trials: Trials, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the answer depends on, each changed by itself."""
    bwrap = tmp_path / "bwrap"
    bwrap.write_text("one")
    monkeypatch.setattr(outer, "find_bwrap", lambda: str(bwrap))
    text, link = remembered._text, remembered._link

    def changed(name: str) -> None:
        monkeypatch.setattr(remembered, "_text", lambda path: "other" if path.name == name else text(path))
        monkeypatch.setattr(remembered, "_link", lambda path: "other" if path.name == name else link(path))

    before = remembered.machine()
    assert before == remembered.machine()
    seen = {before}
    for name in ("boot_id", "unprivileged_userns_clone", "apparmor_restrict_unprivileged_userns", "max_user_namespaces", "user"):
        changed(name)
        seen.add(remembered.machine())
    changed("")
    monkeypatch.setattr("sys.executable", str(shutil.copy(bwrap, tmp_path / "python")))
    seen.add(remembered.machine())
    bwrap.write_text("another")
    seen.add(remembered.machine())
    monkeypatch.setattr("platform.release", lambda: "1.2.3")
    seen.add(remembered.machine())
    assert len(seen) == 9


def test_a_process_that_may_do_less_is_tried_for_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, before = remembered._text, remembered.machine()
    monkeypatch.setattr(remembered, "_text", lambda path: text(path).replace("NoNewPrivs:\t0", "NoNewPrivs:\t1"))
    assert ("NoNewPrivs:\t0" in text(Path("/proc/self/status"))) == (before != remembered.machine())


def test_what_is_remembered_is_what_the_trial_says(file: Path) -> None:
    try:
        real = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(str(error))
    first, second = remembered.capability(), remembered.capability()
    assert first == real
    assert replace(second, details=()) == replace(real, details=(), remembered=real.launcher)
    if real.launcher:
        assert json.loads(file.read_text())["way"] == real.outer
