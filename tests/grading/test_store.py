from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError, Place
from grader.grading import store as store_module
from grader.grading.store import Store, store_file
from grader.model import CheckResult, Entry, Isolation, Result, ResultStatus, Status
from grader.reports.json_report import result_to_json

RESULT = Result(
    student="Zoë",
    assignment="api",
    status=ResultStatus.GRADED,
    score=2.5,
    max_score=4.0,
    checks=(
        CheckResult(
            id="greets",
            title="Says hello",
            status=Status.FAILED,
            score=2.5,
            max_score=4.0,
            message="It said \x1b[31m‘hi’.",
            place=Place("server.py", 3, "print('hi')"),
            transcript=(Entry(0.01, "server", "sent", b"\xff\x00text", 7),),
            hidden=True,
        ),
    ),
    isolation=Isolation.PORTABLE,
    seconds=0.25,
    seed=42,
)

WRITES_AND_HANGS = """
import pickle, sys
from pathlib import Path
from grader.grading.store import Store
store = Store(Path(sys.argv[1]))
results = pickle.load(sys.stdin.buffer)
for number, result in enumerate(results):
    store.save(f"key {number}", result)
print("saved", flush=True)
sys.stdin.buffer.read()
import threading
threading.Event().wait()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return store_file(tmp_path)


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store(file) as opened:
        yield opened


def test_a_result_comes_back_as_it_was_and_says_that_it_is_cached(store: Store) -> None:
    store.save("key", RESULT)
    assert store.saved("Zoë", "api", "key") == replace(RESULT, cached=True)
    assert store.saved("Zoë", "api", "other key") is None
    assert store.saved("Zoë", "other", "key") is None
    assert store.saved("Ann", "api", "key") is None


def test_the_last_result_under_a_key_counts(store: Store) -> None:
    store.save("key", RESULT)
    store.save("key", replace(RESULT, score=4.0))
    saved = store.saved("Zoë", "api", "key")
    assert saved is not None
    assert saved.score == 4.0


def test_an_error_is_never_served(store: Store) -> None:
    store.save("key", replace(RESULT, status=ResultStatus.ERROR, message="The session died."))
    assert store.saved("Zoë", "api", "key") is None
    store.save("key", replace(RESULT, checks=(replace(RESULT.checks[0], status=Status.ERROR),)))
    assert store.saved("Zoë", "api", "key") is None


def test_a_result_that_cannot_be_read_back_is_graded_again(store: Store, file: Path) -> None:
    store.save("key", RESULT)
    with sqlite3.connect(file) as other:
        other.execute("UPDATE results SET json = '{\"student\": 3}'")
    other.close()
    assert store.saved("Zoë", "api", "key") is None


BEFORE = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT, isolation TEXT NOT NULL, seed INTEGER NOT NULL,
    jobs INTEGER NOT NULL);
CREATE TABLE results (
    student TEXT NOT NULL, assignment TEXT NOT NULL, key TEXT NOT NULL, isolation TEXT NOT NULL, seed INTEGER NOT NULL,
    finished_at TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (student, assignment, key)) WITHOUT ROWID;
CREATE TABLE durations (
    student TEXT NOT NULL, assignment TEXT NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (student, assignment)) WITHOUT ROWID;
CREATE TABLE rubric (
    student TEXT NOT NULL, assignment TEXT NOT NULL, item TEXT NOT NULL, points REAL NOT NULL, note TEXT NOT NULL,
    entered_at TEXT NOT NULL, PRIMARY KEY (student, assignment, item)) WITHOUT ROWID;
INSERT INTO runs VALUES (7, '2026-11-01T12:00:00Z', '2026-11-01T12:01:00Z', 'sandbox', 42, 1);
INSERT INTO durations VALUES ('Zoë', 'api', 1.5);
INSERT INTO rubric VALUES ('Zoë', 'api', 'style', 3.5, 'well read', '2026-11-02T12:00:00Z');
"""


def test_a_file_of_the_version_before_keeps_all_but_the_form_of_its_results(file: Path) -> None:
    """Then a result stood in it as it stands in the report."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(file) as other:
        other.executescript(BEFORE)
        row = ("Zoë", "api", "key", "sandbox", 42, "2026-11-01T12:00:30Z", json.dumps(result_to_json(RESULT)))
        other.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    other.close()
    with Store(file) as store:
        assert store.saved("Zoë", "api", "key") is None
        assert store.knows("Zoë")
        assert store.seconds() == {("Zoë", "api"): 1.5}
        assert store.with_rubric(RESULT).rubric == {"style": 3.5}
        assert store.begin_run(Isolation.SANDBOX, 1, 1) == 8
        store.save("key", RESULT)
        assert store.saved("Zoë", "api", "key") == replace(RESULT, cached=True)


def test_results_are_on_disk_when_save_returns(file: Path) -> None:
    """A process that is killed loses nothing it has saved."""
    import pickle

    results = [replace(RESULT, student=f"s{number}") for number in range(20)]
    child = subprocess.Popen([sys.executable, "-c", WRITES_AND_HANGS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdin and child.stdout
        pickle.dump(results, child.stdin)
        child.stdin.flush()
        assert child.stdout.readline() == b"saved\n"
        child.send_signal(signal.SIGKILL)
        assert child.wait(30) == -signal.SIGKILL
    with Store(file) as store:
        for number, result in enumerate(results):
            assert store.saved(result.student, "api", f"key {number}") == replace(result, cached=True)


def test_two_processes_may_use_one_store(store: Store, file: Path) -> None:
    with Store(file) as other:
        other.save("key", RESULT)
        assert store.saved("Zoë", "api", "key")


def test_runs_are_kept(store: Store, file: Path) -> None:
    first = store.begin_run(Isolation.SANDBOX, 7, 10)
    assert store.begin_run(Isolation.SANDBOX, 8, 10) == first + 1
    store.end_run(first)
    with sqlite3.connect(file) as other:
        rows = other.execute("SELECT seed, jobs, finished_at IS NOT NULL FROM runs ORDER BY id").fetchall()
    other.close()
    assert rows == [(7, 10, 1), (8, 10, 0)]


def test_a_damaged_file_is_told_in_one_sentence(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(GraderError, match=r"results\.sqlite is damaged .* move it away") as caught:
        Store(file)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_file_damaged_in_the_middle_is_told(file: Path) -> None:
    with Store(file) as store:
        for number in range(50):
            store.save(f"key {number}", RESULT)
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(data)
    with pytest.raises(GraderError, match="is damaged"), Store(file) as store:
        for number in range(50):
            store.saved("Zoë", "api", f"key {number}")
            store.save(f"new {number}", RESULT)


def test_a_locked_file_is_told(file: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Store(file) as waiting, pytest.raises(GraderError, match="in use by another program"):
        waiting.save("key", RESULT)
    other.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / ".grader").write_text("a file")
    with pytest.raises(GraderError, match="cannot be used"):
        Store(store_file(tmp_path))


def test_points_of_a_person_are_joined_to_every_later_result(store: Store) -> None:
    store.enter_points("Zoë", "api", {"style": 3.5, "tests": 1}, "well named")
    assert store.with_rubric(RESULT).rubric == {"style": 3.5, "tests": 1}
    assert store.with_rubric(replace(RESULT, student="Ann")).rubric == {}
    store.save("key", RESULT)
    assert store.with_rubric(RESULT).rubric == {"style": 3.5, "tests": 1}
    entry = store.entries("Zoë", "api")[0]
    assert (entry.item, entry.points, entry.note) == ("style", 3.5, "well named")
    assert entry.entered_at.endswith("Z")


def test_points_can_be_changed_and_taken_back(store: Store) -> None:
    store.enter_points("Zoë", "api", {"style": 3.5, "tests": 1})
    store.enter_points("Zoë", "api", {"style": 2.0, "tests": None})
    assert store.with_rubric(RESULT).rubric == {"style": 2.0}


def test_a_student_is_known_by_their_results(store: Store) -> None:
    assert not store.knows("Zoë")
    store.save("key", RESULT)
    assert store.knows("Zoë")


def test_how_long_the_last_grading_took_is_known(store: Store) -> None:
    assert store.seconds() == {}
    store.save("one", replace(RESULT, seconds=3.0))
    store.save("two", replace(RESULT, seconds=1.5))
    store.save("one", replace(RESULT, student="Ann", seconds=0.5))
    assert store.seconds() == {("Zoë", "api"): 1.5, ("Ann", "api"): 0.5}
