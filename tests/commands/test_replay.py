"""`grader replay` end to end: another process plays the person who does what it says. Only loopback, only free ports."""

from __future__ import annotations

import json
import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.commands.replay import parse_id
from grader.course.course import load_course
from grader.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"
DEADLINE = 60.0
"""Seconds for anything at all; none of it takes long."""
OTHER_TIME = (
    'import socket\nsocket.create_connection(("time.nist.gov", 13)).recv(99)\nprint("It is now 99:99:99 on May 1, 2001")\n'
)


class Replay:
    """A running `grader replay`, and the programs that the person has started."""

    def __init__(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> None:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "grader", "replay", *arguments, "--course", str(ROOT)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, encoding="utf-8"
        )
        self.text = ""
        self.through_a_shell = False
        self.programs: list[subprocess.Popen[str]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def lines(self) -> Iterator[str]:
        """Lines as they come, until the end."""
        while line := self._lines.get(timeout=DEADLINE):
            self.text += line
            yield line.rstrip("\n")

    def start(self, command: str, folder: str) -> None:
        """Type the command that was printed; `python` is this one."""
        settings, _, program = command.partition(" python ")
        environment = {**os.environ, **dict(setting.split("=", 1) for setting in shlex.split(settings))}
        words = [sys.executable, *shlex.split(program)]
        if self.through_a_shell:  # which asks at once how the program has ended
            words = ["sh", "-c", '"$@"; exit $?', "sh", *words]
        self.programs.append(
            subprocess.Popen(
                words,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )

    def obey(self) -> int:
        """Do all it says until it ends; return its exit code."""
        folder = ""
        for line in self.lines():
            if line.startswith("    cd "):
                folder = shlex.split(line)[1]
            elif "GRADER_REPLAY=1 python " in line:
                self.start(line.strip(), folder)
            elif typed := re.fullmatch(r">>> Type: (.*) and press Enter", line):
                keyboard = self.programs[-1].stdin
                assert keyboard is not None
                keyboard.write(typed[1] + "\n")
                keyboard.flush()
        return self.process.wait(DEADLINE)

    def close(self) -> None:
        for process in (self.process, *self.programs):
            process.kill()
            process.wait(DEADLINE)
            for stream in (process.stdin, process.stdout):
                if stream is not None and stream is not self.process.stdout:
                    stream.close()
        self._reader.join(DEADLINE)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def replay() -> Iterator[Callable[..., Replay]]:
    started: list[Replay] = []

    def start(*arguments: str, **options: int) -> Replay:
        started.append(Replay(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def wrong_time(tmp_path: Path) -> Path:
    folder = tmp_path / "nist_time"
    folder.mkdir()
    (folder / "nist_time.py").write_text(OTHER_TIME)
    return folder


def the_check(slug: str, part: str) -> str:
    """The id of the first check with `part` in its own."""
    return next(check.id for check in load_course(ROOT).assignment(slug).checks if part in check.id)


def test_a_client_started_by_hand_gets_every_split(replay: Callable[..., Replay]) -> None:
    person = replay(f"nist_time/{the_check('nist_time', 'pieces')}/42", "--path", str(SOLUTIONS))
    assert person.obey() == 0, person.text
    assert len(person.programs) > 2
    assert "✓ passed" in person.text
    assert "nist_time.py → terminal  prints: It is now" in person.text
    printed = person.programs[0].communicate(timeout=DEADLINE)[0]
    assert printed.startswith("It is now")


def test_the_scenario_of_a_report_is_played_and_no_other(replay: Callable[..., Replay]) -> None:
    mistake = str(ROOT / "assignments" / "nist_time" / "mistakes" / "loses_the_sign_of_half_an_hour")
    asked = ["nist_time", "--json", "-", "--path", mistake, "-k", "any_moment", "--seed", "3", "--course", str(ROOT)]
    report = subprocess.run([sys.executable, "-m", "grader", "run", *asked], cwd=ROOT, capture_output=True, text=True)
    check = json.loads(report.stdout)["results"][0]["checks"][-1]
    assert check["did"].startswith("We ran nist_time.py -0.5, sent it '51545 00-01-02 00:00:00")
    person = replay(f"nist_time/{check['id']}/3/{check['scenario']}", "--path", mistake)
    assert person.obey() == 1, person.text
    assert len(person.programs) == 1
    assert check["did"] in person.text and check["happened"] in person.text


def test_a_server_started_by_hand_is_served_by_the_scripted_client(
    replay: Callable[..., Replay], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")  # for the person's own tests, not for ours
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    person = replay(f"echo/{the_check('echo', 'server_sends_a_line_back')}/7", "--path", str(SOLUTIONS / "echo"))
    assert person.obey() == 0, person.text
    assert "client → echo_server.py  sends: " in person.text
    assert "echo_server.py → client  sends: " in person.text
    assert len(person.programs) == 1
    assert person.programs[0].wait(DEADLINE) == -signal.SIGKILL


def test_a_program_that_is_over_at_once_is_found(replay: Callable[..., Replay], tmp_path: Path) -> None:
    (tmp_path / "nist_time.py").write_text("print('too short')\n")
    person = replay(f"nist_time/{the_check('nist_time', 'prints_the_time')}/7", "--path", str(tmp_path))
    person.through_a_shell = True
    assert person.obey() == 1
    assert "prints: too short" in person.text and "failed" in person.text


def test_what_is_due_to_be_typed_is_shown(replay: Callable[..., Replay]) -> None:
    person = replay(f"echo/{the_check('echo', 'client_prints_the_echo')}/7", "--path", str(SOLUTIONS))
    assert person.obey() == 0, person.text
    assert ">>> Type: " in person.text


def test_an_id_from_a_json_report_fails_in_the_same_way(replay: Callable[..., Replay], wrong_time: Path) -> None:
    command = [sys.executable, "-m", "grader", "run", "nist_time", "--portable", "--json", "-", "--path", str(wrong_time)]
    ran = subprocess.run(
        [*command, "-k", "prints_the_time", "--seed", "11", "--course", str(ROOT)],
        cwd=wrong_time,
        capture_output=True,
        check=False,
    )
    (result,) = json.loads(ran.stdout)["results"]
    check = next(check for check in result["checks"] if check["id"] == "prints_the_time")
    assert check["status"] == "failed"
    person = replay(f"{result['assignment']}/{check['id']}/{result['seed']}", "--path", str(wrong_time))
    assert person.obey() == 1, person.text
    assert "✗ failed: " in person.text
    assert f"What happened: {check['happened']}" in person.text
    assert f"Expected: {check['expected']}" in person.text


def test_the_checks_it_needs_are_not_run(replay: Callable[..., Replay], wrong_time: Path) -> None:
    person = replay(f"nist_time/{the_check('nist_time', 'sends_nothing')}/5", "--path", str(wrong_time))
    assert person.obey() == 0, person.text
    assert len(person.programs) == 1


def test_an_exit_code_of_the_persons_program_counts(replay: Callable[..., Replay], tmp_path: Path) -> None:
    (tmp_path / "nist_time.py").write_text(OTHER_TIME + "import sys\nsys.exit(3)\n")
    person = replay("nist_time/prints_only_the_sentence_on_stdout/5", "--path", str(tmp_path))
    assert person.obey() == 1, person.text
    assert "exit code 3" in person.text


def test_shell_prints_what_a_debugger_needs(replay: Callable[..., Replay]) -> None:
    person = replay("nist_time/prints_the_time/42", "--path", str(SOLUTIONS), "--shell")
    told: dict[str, str] = {}
    for line in person.lines():
        if found := re.fullmatch(r"(program|working folder): (.*)|    (\w+)=(.*)", line):
            told[found[1] or found[3]] = found[2] or found[4]
        if re.fullmatch(r"    13 is 127\.0\.0\.1:\d+", line):
            settings = " ".join(f"{name}={shlex.quote(told[name])}" for name in ("PYTHONPATH", "GRADER_PORTS", "GRADER_REPLAY"))
            person.start(f"{settings} python {shlex.quote(told['program'])}", told["working folder"])
    assert person.process.wait(DEADLINE) == 0, person.text
    assert " python " not in person.text.replace("started: python ", "")


def test_pdb_gives_no_verdict_on_what_it_did_not_see(replay: Callable[..., Replay]) -> None:
    person = replay("nist_time/prints_the_time/42", "--path", str(SOLUTIONS), "--pdb", stdin=subprocess.PIPE)
    assert person.process.stdin is not None
    person.process.stdin.write("c\nq\n")
    person.process.stdin.close()
    person.process.stdin = None
    assert person.obey() == 3, person.text
    assert "(Pdb)" in person.text
    assert "What your program printed was not seen here" in person.text
    assert "No verdict" in person.text
    assert "failed" not in person.text


def test_pdb_judges_a_server_by_what_goes_over_the_wire(replay: Callable[..., Replay]) -> None:
    person = replay("echo/server_sends_a_line_back/42", "--path", str(SOLUTIONS), "--pdb", stdin=subprocess.PIPE)
    assert person.process.stdin is not None
    person.process.stdin.write("c\n")
    person.process.stdin.flush()
    assert person.obey() == 0, person.text
    assert "✓ passed" in person.text
    person.process.stdin.close()


def test_ctrl_c_ends_it_and_leaves_nothing(replay: Callable[..., Replay]) -> None:
    person = replay("nist_time/prints_the_time/42", "--path", str(SOLUTIONS))
    folder = Path()
    for line in person.lines():
        if line.startswith("    cd "):
            folder = Path(shlex.split(line)[1])
            assert folder.is_dir()
            person.process.send_signal(signal.SIGINT)
    assert person.process.wait(DEADLINE) == 130, person.text
    assert not folder.parent.exists()
    assert "Traceback" not in person.text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "copy one from a report"),
        ("nist_time", "copy one from a report"),
        ("nist_time/prints_the_time", "copy one from a report"),
        ("nist_time/prints_the_time/-1", "copy one from a report"),
        ("nist_time/prints_the_time/2147483648", "copy one from a report"),
        ("nist_time/prints_the_time/1/2", "copy one from a report"),
        ("nist_time/prints_the_time/1/AA=AA", "copy one from a report"),
        ("../x/prints_the_time/1", "copy one from a report"),
        ("nist_tim/prints_the_time/1", "Did you mean nist_time?"),
        ("nist_time/prints_time/1", "There is: prints_the_time"),
    ],
)
def test_a_bad_id_is_explained(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=re.escape(word)):
        parse_id(text, load_course(ROOT))


def test_an_id_may_name_a_scenario() -> None:
    found = parse_id("nist_time/prints_the_time/1/AAFBAgE_-", load_course(ROOT))
    assert (found.check_id, found.seed, found.scenario) == ("prints_the_time", 1, "AAFBAgE_-")
    assert not parse_id("nist_time/prints_the_time/1", load_course(ROOT)).scenario


def test_a_folder_without_the_files_is_named(replay: Callable[..., Replay], tmp_path: Path) -> None:
    person = replay("nist_time/prints_the_time/42", "--path", str(tmp_path))
    assert person.obey() == 2
    assert person.text.startswith("Error: ") and "--path DIR" in person.text
