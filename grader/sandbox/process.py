"""One running program of a student: its streams, its limits and its end. What a check makes of it stands in `grader.checks`."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

from grader.events.transcript import Transcript
from grader.limits import Limits
from grader.sandbox.confinement import Confinement, Handle
from grader.sandbox.held_writes import HeldWrites
from grader.sandbox.streams import Streams, hand_over
from grader.sandbox.threads import Thread, busiest, run_times, runnable, signal_thread
from grader.sandbox.typed import Typed
from grader.sandbox.usage import Usage

_FIRST_LOOK = 0.1  # seconds; by then most programs have ended, and none has used up what is measured in seconds
_LOOK_EVERY = 0.05  # seconds between two looks at memory and CPU time
_BUSY_WITHIN = 0.06  # seconds between two looks at which thread computes
_BUSY_SECONDS = 0.005  # computing time in between that no thread needs only to wait
_STACKS_WITHIN = 1.0  # seconds for a program to write its stacks once asked
_CHUNK = 65536


class Overrun(StrEnum):
    """The limit that ended a program."""

    OUTPUT = "output"
    CPU = "cpu"
    MEMORY = "memory"
    WALL = "wall"


class RunningProgram:
    """A started program. Output is read in the background and recorded in the transcript the moment it comes."""

    def __init__(
        self,
        confinement: Confinement,
        argv: Sequence[str],
        limits: Limits,
        transcript: Transcript,
        *,
        who: str,
        terminal: bool,
        pass_fds: Sequence[int] = (),
        held: HeldWrites | None = None,
    ) -> None:
        """`held` answers what the program writes to its standard output, which then looks to it like a terminal."""
        self.limits = limits
        self.overrun: Overrun | None = None
        self.ended = False
        """The process is dead, with everything it started, and all it wrote has been read."""
        self.seconds = 0.0
        self.ended_at = 0.0
        self.was_killed = False
        """The check, not the program, has put an end to it."""
        self.was_computing = False
        """A thread of it computed when a limit of time ended it."""
        self.terminal = terminal
        self.who = who
        self._transcript = transcript
        self._began = time.monotonic()
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self._stacks = bytearray()
        self._asked_for_stacks = False
        self._lock = threading.Lock()
        self._held = held
        self._usage = Usage()
        streams = Streams(terminal, stdout_terminal=held is not None)
        self._input_fd = streams.input
        self._terminals = streams.terminals
        self._typed = Typed(streams.input, terminal)
        self._handle, held_output = self._spawn(confinement, argv, streams, pass_fds)
        self._readers = [self._thread(self._read, name, fd) for name, fd in streams.outputs]
        if held:
            self._readers.append(self._thread(held.serve, held_output, limits.output_bytes + 1, self._take))
        self._watcher = self._thread(self._watch)

    def _spawn(
        self, confinement: Confinement, argv: Sequence[str], streams: Streams, pass_fds: Sequence[int]
    ) -> tuple[Handle, int]:
        """Start it on its side of the streams. Also returns a copy of its standard output for `held`, or -1."""
        stdin, stdout, stderr = streams.childs
        held_output = os.dup(stdout) if self._held else -1
        try:
            return confinement.spawn(argv, self.limits, stdin, stdout, stderr, pass_fds), held_output
        except BaseException:
            streams.close()
            if self._held:
                os.close(held_output)
            raise
        finally:
            streams.close_childs()

    @property
    def watcher(self) -> int:
        """Native id of the thread that only looks at limits."""
        return self._watcher.native_id or 0

    def pids(self) -> list[int]:
        """Every live process of the program."""
        return [] if self.ended else self._handle.pids()

    @staticmethod
    def _thread(target: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, daemon=True)
        thread.start()
        return thread

    # what came out

    def output(self, stream: str) -> bytes:
        """Bytes written so far to "stdout" or "stderr"; on a terminal everything is "stdout"."""
        with self._lock:
            return bytes(self._output[stream])

    @property
    def stacks(self) -> str:
        """The stack of every thread, as `faulthandler` writes it; empty if nobody asked or the program could not answer."""
        with self._lock:
            return self._stacks.decode("utf-8", "backslashreplace")

    @property
    def exit_code(self) -> int:
        """Exit code, or `-n` after signal `n`. Only once `ended`. Raises CannotGrade when the sandbox itself failed."""
        return self._handle.exit_code()

    # what goes in

    def send(self, data: bytes) -> None:
        """Type `data` (on pipes: write it to stdin). Returns at once; a program that does not read blocks nobody."""
        self._transcript.record("keyboard", "typed", data)
        self._typed.put(data)

    def end_input(self) -> None:
        """Ctrl-D at the beginning of a line, or the end of the pipe."""
        if self.terminal:
            self._transcript.record("keyboard", "pressed Ctrl-D")
        self._typed.put(b"\x04" if self.terminal else None)

    def hand_over(self) -> None:
        """What was typed or printed on a terminal, and is still on its way, arrives."""
        with self._lock:
            for terminal in self._terminals:
                hand_over(terminal)

    def _forget_terminal(self, fd: int) -> None:
        """It is about to be closed, and another file may get its number."""
        with self._lock:
            self._terminals = [terminal for terminal in self._terminals if terminal != fd]

    def interrupt(self) -> None:
        """Ctrl-C: SIGINT to the program itself, wherever the sandbox has put it."""
        self._transcript.record("keyboard", "pressed Ctrl-C")
        self._signal(signal.SIGINT)

    # its end

    def wait_for_end(self, seconds: float) -> bool:
        """Wait at most `seconds` for the end; return whether it came."""
        return self._transcript.wait_until(lambda: self.ended, seconds)

    def kill(self) -> None:
        """End it now, with everything it started. Returns when all of it is dead and its output is read."""
        if not self.ended:
            self.was_killed = True
            self._handle.kill()
        self._watcher.join()

    def stop_for(self, overrun: Overrun) -> None:
        """End the program because it broke a limit; ask it first where it was."""
        with self._lock:
            if self.overrun is not None:
                return
            self.overrun = overrun
        busiest = self._busiest(overrun)
        self.was_computing = busiest is not None
        self.ask_for_stacks(busiest)
        self._handle.kill()

    def _busiest(self, overrun: Overrun) -> Thread | None:
        """The thread that computes now, or has computed most when the limit is one of computing time."""
        if overrun not in (Overrun.CPU, Overrun.WALL):
            return None  # a program that takes memory is given no time to take more
        before = run_times(self._handle.pids())
        self._handle.wait(_BUSY_WITHIN)
        now = run_times(self._handle.pids())
        at_work = busiest({thread: time - before.get(thread, 0.0) for thread, time in now.items()}, at_least=_BUSY_SECONDS)
        return at_work or runnable(now) or (busiest(now) if overrun is Overrun.CPU else None)

    def ask_for_stacks(self, thread: Thread | None = None) -> None:
        """Let `faulthandler` write every thread's stack: it answers SIGABRT, and the program dies of it.

        `thread` gets the signal and is therefore the one that the dump calls current; without it the main thread.
        """
        self.signal_for_stacks(thread)
        self.await_stacks()

    def hold(self) -> None:
        """Stop all its processes where they are, until `go_on`."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        """The opposite of `hold`."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended in this moment
                os.kill(pid, number)

    def signal_for_stacks(self, thread: Thread | None = None) -> None:
        """The first half of `ask_for_stacks`, for several programs: `hold` them before, and let them go on between the halves.

        Otherwise the death of one wakes a thread of another, which then is somewhere else when it is asked.
        """
        with self._lock:
            self._asked_for_stacks = True
        try:
            if thread is not None:
                signal_thread(thread, signal.SIGABRT)
            else:
                self._signal(signal.SIGABRT)
        except OSError:  # that thread has ended in this moment
            self._signal(signal.SIGABRT)

    def await_stacks(self) -> None:
        """The second half of `ask_for_stacks`."""
        if self._handle.wait(_STACKS_WITHIN):
            for reader in self._readers:  # the last words may still be on their way
                reader.join(_STACKS_WITHIN)

    def _signal(self, number: signal.Signals) -> None:
        pid = self._handle.main_pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended in this moment
                os.kill(pid, number)

    # threads

    def _read(self, name: str, fd: int) -> None:
        while True:
            try:
                data = os.read(fd, _CHUNK)
            except OSError:  # a terminal whose other side is gone
                data = b""
            if not data:
                break
            what = "printed" if name == "stdout" else "printed to stderr"
            self._transcript.record(self.who, what, data, partial(self._keep, name, data))
        if fd != self._input_fd:
            self._forget_terminal(fd)
            os.close(fd)

    def _take(self, data: bytes, lines: bytes) -> None:
        """What the program has written without its going through a pipe, and what of it is to be told."""
        self._transcript.record(self.who, "printed", lines, lambda: self._keep("stdout", data) and bool(lines))

    def _keep(self, name: str, data: bytes) -> bool:
        """Add `data` to what is kept, up to the limit; return whether it is the program's own output."""
        with self._lock:
            if self._asked_for_stacks:
                self._stacks += data[: self.limits.output_bytes - len(self._stacks)]
                return False
            kept = sum(len(buffer) for buffer in self._output.values())
            self._output[name] += data[: self.limits.output_bytes - kept]
            flooded = kept + len(data) > self.limits.output_bytes
            first = flooded and self.overrun is None
            if first:
                self.overrun = Overrun.OUTPUT
        if first:
            self._thread(self._handle.kill)  # not here: the reader must go on reading
        return not flooded

    def _watch(self) -> None:
        pause = _FIRST_LOOK
        while not self._handle.wait(pause):
            self._look()
            pause = _LOOK_EVERY
        self._typed.put(None)
        if self._held:
            self._held.stop()
        for reader in self._readers:
            reader.join()
        self._forget_terminal(self._input_fd)
        self._typed.close()
        self.ended_at = time.monotonic()
        self.seconds = self.ended_at - self._began
        by_us = self.was_killed or self.overrun is not None or self._asked_for_stacks
        self._transcript.record(self.who, "is ended by the grader" if by_us else "ended", take=self._take_end)

    def _take_end(self) -> bool:
        self.ended = True
        return True

    def _look(self) -> None:
        """Compare memory and CPU time of all its processes with the limits."""
        self._usage.look(self._handle.pids(), self._handle.reaper())
        if self._usage.takes_memory_over(self.limits.memory_bytes):
            self.stop_for(Overrun.MEMORY)
        elif self._usage.cpu_seconds >= self.limits.cpu_seconds:
            self.stop_for(Overrun.CPU)
