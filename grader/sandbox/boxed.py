"""A program in a sandbox of its own: bwrap started for this one run. How the sandbox is made stands in `box.py`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading

import psutil

from grader.errors import CannotGrade


class BoxedProgram:
    """A program behind bwrap. bwrap's init is process 1 of the program's own pid namespace: when it dies, all of it dies."""

    def __init__(self, process: subprocess.Popen[bytes], status: int) -> None:
        self.pid = process.pid
        self._process = process
        self._messages: dict[str, int] = {}
        self._began = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._follow, args=(status,), daemon=True).start()

    def _follow(self, status: int) -> None:
        """bwrap reports on its status pipe, one JSON object a line; the pipe's end of file is the program's end."""
        with os.fdopen(status, "rb") as stream:
            for line in stream:
                try:
                    message = json.loads(line)
                except ValueError:
                    continue  # bwrap was killed in the middle of a message
                self._messages.update({name: value for name, value in message.items() if isinstance(value, int)})
                self._began.set()
        self._process.wait()
        init = self._messages.get("child-pid")
        if init is not None:
            _await_death(init)
        self._began.set()
        self._ended.set()

    def wait(self, seconds: float) -> bool:
        return self._ended.wait(seconds)

    def exit_code(self) -> int:
        if self._process.returncode is not None and self._process.returncode < 0:
            return int(self._process.returncode)  # bwrap itself was killed, by us
        code = self._messages.get("exit-code")
        if code is None:
            raise CannotGrade("the sandbox could not start the program (bwrap ended before it); run `grader doctor`")
        # bwrap tells signal n as 128 + n, and a program's own exit code as it is: which it was, only numbers of no signal show
        return 128 - code if 128 < code < 128 + signal.NSIG else code

    def _live_init(self) -> int | None:
        self._began.wait(5)
        return None if self._ended.is_set() else self._messages.get("child-pid")

    def main_pid(self) -> int | None:
        init = self._live_init()
        if init is None:
            return None
        try:
            children = psutil.Process(init).children()
        except psutil.Error:
            return None
        return children[0].pid if children else None

    def pids(self) -> list[int]:
        init = self._live_init()
        if init is None:
            return []
        try:
            return [child.pid for child in psutil.Process(init).children(recursive=True)]
        except psutil.Error:
            return []

    def reaper(self) -> int | None:
        return self._live_init()

    def kill(self) -> None:
        init = self._live_init()  # bwrap tells it before it lets the init go on
        if init is not None:
            # Not left to --die-with-parent: an init that is just starting has not asked for that signal yet.
            with contextlib.suppress(ProcessLookupError):
                os.kill(init, signal.SIGKILL)
        if not self._ended.is_set():
            self._process.send_signal(signal.SIGKILL)
        self._ended.wait()


def _await_death(pid: int) -> None:
    """Reap bwrap's init, which became our child when bwrap died: the proof that its whole namespace is empty."""
    with contextlib.suppress(ChildProcessError):  # bwrap had reaped it
        os.waitpid(pid, 0)
