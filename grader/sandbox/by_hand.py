"""A program that a person starts: in another terminal, in a debugger or an IDE, or under `pdb` on this terminal. No confinement.

Ports and the work folder are those of portable mode, and our own helper programs run as there. The shim in the person's program
leaves files in the ports folder: who it is, what it prints, how it ends. Which check is run is not decided here.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import psutil

from grader.errors import CannotGrade
from grader.limits import BY_HAND_SECONDS, Limits
from grader.model import Isolation
from grader.reports.text import visible
from grader.sandbox.confinement import Handle
from grader.sandbox.folder import Folder
from grader.sandbox.portable import PORTS_FOLDER, Portable, SharedPorts

REPLAY = "GRADER_REPLAY"
"""Seconds that a person has to start the program."""
_SHIM = Path(__file__).parent / "shim"
_LOOK_EVERY = 0.02  # seconds between two looks at a process that is not our child, and at the files it writes
_CHUNK = 65536


class Way(Enum):
    """How the person starts the program."""

    TERMINAL = "terminal"
    DEBUGGER = "debugger"
    PDB = "pdb"


@dataclass(frozen=True)
class Terminal:
    """The person's own terminal: descriptors that nobody redirects, and a way to write a line."""

    stdin: int
    stdout: int
    stderr: int
    say: Callable[[str], None]


class ByHand:
    """Asks a person to start each program of the student's, whose files lie in `own_folder`, and waits for it."""

    isolation = Isolation.PORTABLE
    is_closed_world = False

    def __init__(self, scratch: Path, own_folder: Path, way: Way, terminal: Terminal, addresses: Sequence[str] = ()) -> None:
        make_ports = functools.partial(_ToldPorts, say=terminal.say) if way is Way.DEBUGGER else SharedPorts
        self._portable = Portable(scratch, addresses, make_ports)
        self._ports_folder = scratch / "ports"
        self.ports = self._portable.ports
        self._box = scratch
        self._own_folder = own_folder
        self._way = way
        self._terminal = terminal
        self._debugger: subprocess.Popen[bytes] | None = None
        self.output_was_seen = True
        """What every program has printed could be read here."""

    @property
    def is_debugging(self) -> bool:
        """Whether Ctrl-C is meant for a debugger on this terminal."""
        return self._debugger is not None and self._debugger.poll() is None

    def open_box(self, files: Mapping[str, bytes], limits: Limits) -> Folder:
        folder = self._portable.open_box(files, limits)
        self._box = folder.path
        return folder

    def close_box(self) -> None:
        self._portable.close_box()

    def python(self, *options: str) -> list[str]:
        return self._portable.python(*options)

    def inside(self, program: str) -> str:
        return self._portable.inside(program)

    def close(self) -> None:
        self._portable.close()

    def spawn(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
    ) -> Handle:
        """Have the person start a program of the student's, and return when it runs. Our own programs start as ever.

        Raises CannotGrade if nobody starts it.
        """
        file, *args = argv[list(argv).index("faulthandler") + 1 :]
        if file.startswith(("-", "/")):
            return self._portable.spawn(argv, limits, stdin, stdout, stderr, pass_fds)
        own = self._own_folder / file
        command = [str(own if own.is_file() else self._box / file), *args]
        if self._way is Way.PDB:
            process = self._start_debugger(command)
        else:
            before = set(self._ports_folder.glob("started.*"))
            waiting = self._ports_folder / "waiting"
            waiting.touch()
            self._explain(command)
            process = self._wait_for(Path(file).name, before)
            waiting.unlink()
        return _HandProgram(process, self._ports_folder, self._terminal.say, (stdin, stdout, stderr), self._debugger)

    def _environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(_SHIM), PORTS_FOLDER: str(self._ports_folder), REPLAY: "1"}

    def _explain(self, command: Sequence[str]) -> None:
        say, environment = self._terminal.say, self._environment()
        say("")
        if self._way is Way.TERMINAL:
            settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
            say("Start your program now, in another terminal (it runs in a fresh folder, with the files that this check needs):")
            say(f"    cd {shlex.quote(str(self._box))}")
            say(f"    {settings} python {shlex.join(command)}")
        else:
            say("Start your program now, in your debugger or IDE, with these settings.")
            say(f"program: {command[0]}")
            say(f"arguments: {shlex.join(command[1:]) or 'none'}")
            say(f"working folder: {self._box}")
            say("environment:")
            for name, value in environment.items():
                say(f"    {name}={value}")
            known = sorted(int(file.name) for file in self._ports_folder.iterdir() if file.name.isdecimal())
            say("ports:" if known else "ports: none is open yet")
            for port in known:
                say(f"    {port} is 127.0.0.1:{self.ports.connect_port(port)}")
        say("")

    def _wait_for(self, name: str, before: set[Path]) -> psutil.Process:
        """Wait until a new process with a file `name` on its command line has told that it runs."""
        until, pause = time.monotonic() + BY_HAND_SECONDS, threading.Event()
        while time.monotonic() < until:
            for file in set(self._ports_folder.glob("started.*")) - before:
                before.add(file)
                words = file.read_text(errors="surrogateescape").split("\0")
                with contextlib.suppress(psutil.NoSuchProcess):
                    if any(Path(word).name == name for word in words):
                        return psutil.Process(int(file.name.partition(".")[2]))
            pause.wait(_LOOK_EVERY)
        raise CannotGrade(f"Nobody started {name} within {BY_HAND_SECONDS / 60:g} minutes; run the same command again.")

    def _start_debugger(self, command: Sequence[str]) -> psutil.Process:
        terminal = self._terminal
        self.output_was_seen = False
        terminal.say("")
        terminal.say(f"pdb: {shlex.join(command)}")
        terminal.say("c goes on, n steps, q leaves: also when the program has ended, for pdb would start it again.")
        self._debugger = subprocess.Popen(
            [*self.python("-m", "pdb"), *command],
            cwd=self._box,
            stdin=terminal.stdin,
            stdout=terminal.stdout,
            stderr=terminal.stderr,
            env={**os.environ, **self._environment()},
        )
        return psutil.Process(self._debugger.pid)


class _ToldPorts(SharedPorts):
    """Says where each port is as soon as somebody listens there."""

    def __init__(self, folder: Folder, say: Callable[[str], None]) -> None:
        super().__init__(folder)
        self._say = say

    def bound(self, port: int, real: int) -> None:
        super().bound(port, real)
        if real:
            self._say(f"port {port} is 127.0.0.1:{real}")


class _HandProgram:
    """A process that a person started, or pdb on this terminal. Whoever waits for it also hands on what it has printed."""

    def __init__(
        self,
        process: psutil.Process,
        folder: Path,
        say: Callable[[str], None],
        streams: tuple[int, int, int],
        debugger: subprocess.Popen[bytes] | None,
    ) -> None:
        self.pid = process.pid
        self._process = process
        self._folder = folder
        self._say = say
        self._debugger = debugger
        stdin, *outputs = (os.dup(stream) for stream in streams)
        self._copies = {number: (descriptor, 0) for number, descriptor in enumerate(outputs, start=1)}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._killed = False
        threading.Thread(target=self._prompt, args=(stdin,), daemon=True).start()

    def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self._is_alive():
            self._hand_on()
            if time.monotonic() >= until:
                return False
            self._ended.wait(_LOOK_EVERY)
        self._finish()
        return True

    def exit_code(self) -> int:
        """What the shim has seen of the end. The exit code itself belongs to the shell or debugger that started the program."""
        if self._killed:
            return -signal.SIGKILL
        try:
            return int((self._folder / f"exit.{self.pid}").read_text())
        except (OSError, ValueError):
            return 0

    def main_pid(self) -> int | None:
        return self.pid if self._is_alive() else None

    def pids(self) -> list[int]:
        try:
            return [self.pid, *(child.pid for child in self._process.children(recursive=True))] if self._is_alive() else []
        except psutil.Error:
            return []

    def reaper(self) -> int | None:
        return None

    def kill(self) -> None:
        processes: list[psutil.Process] = []
        if self._is_alive():
            self._killed = True
            self._say("The check ends your program.")
            with contextlib.suppress(psutil.Error):
                processes = self._process.children(recursive=True)
        for process in [self._process, *processes]:
            with contextlib.suppress(psutil.Error):
                process.kill()
        while not self.wait(1.0):
            pass  # a killed process goes as soon as the kernel lets it

    def _is_alive(self) -> bool:
        """Whether it still runs. A process that its own parent has not asked about yet is dead all the same."""
        if self._debugger is not None:
            return self._debugger.poll() is None
        try:
            return self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def _hand_on(self) -> None:
        """Pass on what the program has printed since the last look."""
        with self._lock:
            for number, (descriptor, done) in self._copies.items():
                with contextlib.suppress(FileNotFoundError), open(self._folder / f"printed.{self.pid}.{number}", "rb") as file:
                    file.seek(done)
                    while data := file.read(_CHUNK):
                        done += len(data)
                        while data:
                            data = data[os.write(descriptor, data) :]
                self._copies[number] = (descriptor, done)

    def _finish(self) -> None:
        self._hand_on()
        with self._lock:
            self._ended.set()
            for descriptor, _ in self._copies.values():
                os.close(descriptor)
            self._copies = {}

    def _prompt(self, stdin: int) -> None:
        """Tell the person what to type, as it is due."""
        while not self._ended.is_set():
            if not select.select([stdin], [], [], _LOOK_EVERY)[0]:
                continue
            data = os.read(stdin, _CHUNK)
            for line in data.splitlines(keepends=True):
                text = line.rstrip(b"\n")
                how = " and press Enter" if line.endswith(b"\n") else ""
                self._say(f">>> Type: {visible(text)}{how}" if text else ">>> Press Enter")
            if not data:
                self._say(">>> Nothing more is typed. If your program asks for something, press Ctrl-D.")
                break
        os.close(stdin)
