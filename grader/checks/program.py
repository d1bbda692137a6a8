"""A student's program as a check sees it: `Run` after its end, `Program` while it runs. How it is confined is not in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

from grader.checks.overrun import cause_of_overrun, place_of, raise_for_overrun, where
from grader.errors import Cause, Mismatch, Missing, Stuck, StudentFault, TimedOut
from grader.events.transcript import Transcript
from grader.limits import NOTED_WRITES
from grader.reports.text import quoted
from grader.sandbox.confinement import Confinement
from grader.sandbox.explain import Crash, find_crash, has_traceback, signal_words
from grader.sandbox.held_writes import Write
from grader.sandbox.process import Overrun, RunningProgram
from grader.sandbox.sockets import is_listening
from grader.sandbox.stuck import can_look, reads_keyboard, sleeping_threads

_COMPARABLE = 500  # characters of a line; nobody looks for one byte in more
_POLL = 0.003  # seconds between two looks at the kernel's socket table, which cannot wake anybody


class Run:
    """What a program left behind when it had ended."""

    def __init__(self, program: RunningProgram, did: str, sources: Mapping[str, bytes]) -> None:
        self.stdout_bytes = program.output("stdout")
        self.stdout = _text(self.stdout_bytes)
        self.stderr_bytes = program.output("stderr")
        self.stderr = _text(self.stderr_bytes)
        self.exit_code = program.exit_code
        self.seconds = program.seconds
        self.did = did
        self.writes: tuple[Write, ...] = ()
        """Who wrote what to stdout, in order; only after `student.run_noting_writers`."""
        self._sources = sources

    @property
    def output(self) -> str:
        """Standard output, then standard error."""
        return self.stdout + self.stderr

    @property
    def lines(self) -> list[str]:
        """Lines of standard output that are not blank, without blanks around them. Only LF ends a line."""
        return [line.strip() for line in self.stdout.split("\n") if line.strip()]

    @property
    def crash(self) -> Crash | None:
        return find_crash(self.output, self._sources)

    def expect_all_noted(self) -> Self:
        """Raise Mismatch unless `writes` are the whole of stdout."""
        if len(self.writes) > NOTED_WRITES:
            happened = f"the program wrote more than {NOTED_WRITES:,} times"
            raise Mismatch(happened, did=self.did, expected="a line now and then")
        if b"".join(write.data for write in self.writes) != self.stdout_bytes:
            happened = "the program wrote to the screen in a way in which nobody can tell which thread it was"
            raise Mismatch(happened, did=self.did, expected="it prints with print() or sys.stdout")
        return self

    def expect_exit(self, code: int) -> Self:
        """Raise Crashed on a traceback and Mismatch on any other exit code than `code`."""
        if self.exit_code != code:
            self._raise_if_crashed(f"the program ends with exit code {code}")
            raise Mismatch(
                f"the program {signal_words(self.exit_code)}{self._said()}",
                did=self.did,
                expected=f"the program ends with exit code {code}",
            )
        return self

    def expect_line(self, text: str) -> Self:
        """Raise unless some line of stdout is `text`; runs of blanks count as one."""
        wanted = " ".join(text.split())
        if wanted not in [" ".join(line.split()) for line in self.lines]:
            self._raise_if_crashed(f"a line {quoted(text)}")
            fault = Mismatch(self.what_it_printed(), did=self.did, expected=f"a line {quoted(text)}")
            if len(self.lines) == 1 and len(self.lines[0]) <= _COMPARABLE:  # of several lines nobody knows which was meant
                fault.expected_bytes, fault.actual_bytes = wanted.encode(), " ".join(self.lines[0].split()).encode()
            raise fault
        return self

    def expect_in_output(self, text: str) -> Self:
        """Raise unless `text` is somewhere in what the program printed."""
        if text not in self.output:
            self._raise_if_crashed(f"{quoted(text)} somewhere in the output")
            raise Mismatch(self.what_it_printed(), did=self.did, expected=f"{quoted(text)} somewhere in the output")
        return self

    def expect_no_traceback(self, expected: str = "a message in plain words, no traceback") -> Self:
        """Raise Crashed, with `expected`, when the program printed a Python traceback."""
        if has_traceback(self.output):
            self._raise_if_crashed(expected)
        return self

    def expect_error_message(self) -> Self:
        """Raise unless the program gave a message in plain words and an exit code that is not 0."""
        expected = "a message that says what went wrong, an exit code that is not 0, and no traceback"
        self._raise_if_crashed(expected)
        if not self.output.strip():
            raise Missing("the program printed nothing", did=self.did, expected=expected)
        if self.exit_code == 0:
            happened = f"{self.what_it_printed()}, and its exit code was 0, as if all were well"
            raise Mismatch(happened, did=self.did, expected=expected)
        return self

    def expect_friendly_end(self) -> Self:
        """Raise unless the program said something and ended without a traceback, with any exit code."""
        expected = "a message that says what went wrong, and no traceback"
        self._raise_if_crashed(expected)
        if not self.output.strip():
            raise Missing("the program printed nothing", did=self.did, expected=expected)
        return self

    def what_it_printed(self) -> str:
        """A phrase that quotes the output, for a sentence."""
        if not self.output.strip():
            return f"the program printed nothing and {signal_words(self.exit_code)}"
        return f"the program printed {quoted(self.stdout_bytes or self.stderr_bytes)}"

    def _said(self) -> str:
        return f" and printed {quoted(self.stdout_bytes + self.stderr_bytes)}" if self.output.strip() else ""

    def _raise_if_crashed(self, expected: str) -> None:
        crash = self.crash
        if crash is not None:
            raise crash.fault(self.did, expected)


class Program:
    """A program that was started and goes on. Every wait ends with its event, with the program's end, or with the deadline."""

    def __init__(
        self, running: RunningProgram, did: str, sources: Mapping[str, bytes], transcript: Transcript, confinement: Confinement
    ) -> None:
        self._running = running
        self._did = did
        self._sources = sources
        self._transcript = transcript
        self._confinement = confinement
        self._matched = 0  # characters of output already used up by wait_for_output

    # the keyboard

    def send(self, data: bytes) -> None:
        self._running.send(data)

    def send_line(self, text: str) -> None:
        self._running.send(text.encode() + b"\n")

    def end_input(self) -> None:
        """Ctrl-D."""
        self._running.end_input()

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._running.interrupt()

    def kill(self) -> None:
        self._running.kill()

    # what it does

    @property
    def output(self) -> str:
        """All it has printed so far, stdout before stderr."""
        return _text(self._running.output("stdout")) + _text(self._running.output("stderr"))

    @property
    def is_running(self) -> bool:
        return not self._running.ended

    def wait_for_output(self, text: str, within: float | None = None) -> str:
        """Wait for `text` after the last match and return everything printed since, `text` included.

        Raises Crashed, Missing or TimedOut when it does not come within `within` seconds (default: the wall limit).
        """
        expected = f"the program prints {quoted(text)}"
        self.wait_until(lambda: text in self.output[self._matched :], expected=expected, within=within)
        end = self.output.index(text, self._matched) + len(text)
        found = self.output[self._matched : end]
        self._matched = end
        return found

    def wait_until(self, predicate: Callable[[], bool], *, expected: str, did: str = "", within: float | None = None) -> None:
        """Wait until `predicate()` holds; whatever the program prints or any connection does makes it look again.

        Raises Crashed, Missing or TimedOut with `expected` otherwise.
        """
        seconds = self._limit(within)
        self._transcript.wait_until(lambda: predicate() or self._running.ended, seconds)
        if not predicate():
            self._raise_why_not(expected, did, seconds)

    def wait_until_it_reads(
        self, predicate: Callable[[], bool], *, expected: str, did: str = "", within: float | None = None
    ) -> bool:
        """Wait until `predicate()` holds, or nothing more can happen but that somebody types; return whether it holds.

        So a check goes on typing when a prompt is in other words. Raises as `wait_until` does when neither comes, and also where
        nobody can see that a program reads its keyboard: without /proc, or while the program can wake by the clock.
        """
        seconds = self._limit(within)
        self._transcript.wait_until(lambda: predicate() or self._running.ended, seconds)
        if predicate():
            return True
        if not (self._transcript.nothing_can_happen and self._reads_keyboard()):
            self._raise_why_not(expected, did, seconds)
        return False

    def _reads_keyboard(self) -> bool:
        sleeps = sleeping_threads(self._running.pids()) or []
        return any(reads_keyboard(sleep, self._running.terminal) for sleep in sleeps)

    def wait_until_listening(self, port: int, within: float | None = None) -> None:
        """Wait until the kernel's socket table shows a listener on `port`. Nobody connects to find out."""
        seconds = self._limit(within)
        self._transcript.wait_until(lambda: self._running.ended or self._listens(port), seconds, poll=_POLL)
        if not self._listens(port):
            try:
                self._raise_why_not(f"the program listens on port {port}", "", seconds)
            except StudentFault as fault:
                fault.cause = fault.cause or Cause("does not listen", f"port {port}")
                raise
        self._transcript.record("student", f"listens on port {port}")

    def _listens(self, port: int) -> bool:
        try:
            return is_listening(self._confinement.ports.connect_port(port))
        except LookupError:
            return False

    def wait_for_end(self, within: float | None = None, *, expected: str = "", did: str = "") -> Run:
        """Wait for the program's own end and return what it left. Raises TimedOut or Stuck when it goes on.

        `expected` and `did` say it in other words when what should end is more than the program.
        """
        did = did or self._did
        if not self._running.wait_for_end(self._limit(within)):
            if self._transcript.nothing_can_happen:
                happened = f"{'that never happens' if expected else 'the program never ends'}; {self._so_far()}"
                fault = Stuck(happened, did=did, expected=expected or "the program ends")
                raise self._transcript.explained(fault)
            self._running.stop_for(Overrun.WALL)
            self._running.kill()
        raise_for_overrun(self._running, did, expected or "the program ends", self._sources)
        return Run(self._running, did, self._sources)

    def wait_until_asleep(self, within: float = 1.0) -> None:
        """Wait until the program waits for something without a time limit, as in input(); `within` seconds at most, and no fault.

        A prompt is seen before the program reads, and Ctrl-C in between is not noticed until a line is typed.
        """
        if can_look():
            self._transcript.wait_until(lambda: self._running.ended or self._is_asleep(), within, poll=_POLL)

    def _is_asleep(self) -> bool:
        return bool(sleeping_threads(self._running.pids()))

    def expect_running(self, did: str = "") -> None:
        """Raise Crashed or Missing when the program has ended although it should go on."""
        if self._running.ended:
            self._raise_why_not("the program goes on running", did, 0)

    def _limit(self, within: float | None) -> float:
        return self._running.limits.wall_seconds if within is None else within

    def _raise_why_not(self, expected: str, did: str, seconds: float) -> None:
        did = did or self._did
        if not self._running.ended and self._transcript.nothing_can_happen:
            fault = Stuck(f"the program never does that; {self._so_far()}", did=did, expected=expected)
            raise self._transcript.explained(fault)
        if not self._running.ended:
            self._running.stop_for(Overrun.WALL)
            self._running.kill()
            happened = f"that had not happened after {seconds:g} seconds{self._printed()}" + where(self._running, self._sources)
            cause = cause_of_overrun(self._running, self._sources)
            raise TimedOut(happened, did=did, expected=expected, place=place_of(self._running, self._sources), cause=cause)
        raise_for_overrun(self._running, did, expected, self._sources)
        run = Run(self._running, did, self._sources)
        if run.crash is not None:
            raise run.crash.fault(did, expected)
        raise Missing(f"the program {signal_words(run.exit_code)}{self._printed()}", did=did, expected=expected)

    def _printed(self) -> str:
        data = self._running.output("stdout") + self._running.output("stderr")
        return f"; it had printed {quoted(data)}" if data.strip() else "; it had printed nothing"

    def _so_far(self) -> str:
        data = self._running.output("stdout") + self._running.output("stderr")
        return f"so far it has printed {quoted(data)}" if data.strip() else "it has printed nothing so far"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
