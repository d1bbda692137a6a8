"""The fixture `student`: one student's folder during one check, and the programs started in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from grader.checks.calls import Call, OwnPrograms
from grader.checks.plain_data import Answer
from grader.checks.program import Program, Run
from grader.checks.sql_trace import SqlTrace
from grader.checks.waiting import OWN_CODE, Waiting, explain, telling
from grader.errors import CannotGrade, Cause, Mismatch, Missing
from grader.events.transcript import Transcript
from grader.limits import ANSWER_ROWS, READ_FILE_BYTES, Limits
from grader.reports.text import quoted, visible
from grader.sandbox.confinement import Confinement
from grader.sandbox.explain import find_waiting_places
from grader.sandbox.held_writes import HeldWrites, can_hold
from grader.sandbox.process import RunningProgram
from grader.sandbox.sockets import are_changing, entries
from grader.sandbox.source_text import why_unreadable
from grader.sandbox.stuck import Sleep
from grader.sandbox.told_writes import ToldWrites

_SETTLED_WITHIN = 2.0
_NAME_SHOWN, _NAMES_SHOWN = 60, 3


class Student:
    """One student's programs in one work folder, fresh for every check."""

    def __init__(
        self,
        confinement: Confinement,
        files: Mapping[str, bytes],
        given: Mapping[str, bytes],
        limits: Limits,
        transcript: Transcript,
    ) -> None:
        self._confinement = confinement
        self._files = files
        self._given = given
        self._limits = limits
        self._transcript = transcript
        self._started: list[RunningProgram] = []
        self._names: list[str] = []
        self._sql_trace = SqlTrace()
        self._own_programs = OwnPrograms(self._launch, files, transcript, confinement)
        self._folder = confinement.open_box(files, limits)

    # programs

    def run(self, file: str, *args: object, stdin: str | bytes = "", did: str = "", **limits: Any) -> Run:
        """Start `python file args`, give it `stdin` and its end, and wait for its own end.

        `did` says what we did in other words: what a server does meanwhile matters when the program never ends.

        `limits` replace fields of the assignment's Limits for this program: `wall_seconds`, `cpu_seconds`, `output_bytes` …

        Raises Missing without the file, TimedOut over a time limit, Mismatch over another limit. A crash raises nothing yet.
        """
        data = stdin.encode() if isinstance(stdin, str) else stdin
        program = self._start(file, args, terminal=False, typed=data, limits=limits)
        if data:
            self._started[-1].send(data)
        self._started[-1].end_input()
        return program.wait_for_end(did=did)

    def run_noting_writers(self, file: str, *args: object, watched: str = "") -> Run:
        """`run` without input, on a terminal; the result's `writes` tell which thread wrote what, in order, by every way out.

        `watched`: text at whose writing the program's other threads go on until they sleep or are gone, and are looked at. What a
        stream of the program's own keeps back is written by the thread that empties it. Raises Mismatch, besides, when not all of
        the output came out that way.
        """
        self._need(file)
        words = [file, *(str(arg) for arg in args)]
        did = f"We started `python {' '.join(words)}`"
        for way in (HeldWrites, ToldWrites) if can_hold() else (ToldWrites,):
            with way(watched.encode()) as notes:
                running = self._launch(words, " ".join(words), False, notes=notes)
                running.end_input()
                run = Program(running, did, self._files, self._transcript, self._confinement).wait_for_end()
            if notes.works:
                run.writes = tuple(notes.writes)
                return run.expect_all_noted()
        raise CannotGrade("nobody can tell which thread writes what")  # never: the last way always works

    def start(self, file: str, *args: object, terminal: bool = True, **limits: Any) -> Program:
        """Start `python file args` and go on; on a pseudo-terminal unless told otherwise. `limits` as in `run`.

        It is killed when the check ends.
        """
        return self._start(file, args, terminal=terminal, limits=limits)

    def _start(
        self, file: str, args: Sequence[object], terminal: bool, typed: bytes = b"", limits: Mapping[str, Any] | None = None
    ) -> Program:
        self._need(file)
        words = [file, *(str(arg) for arg in args)]
        did = f"We started `python {' '.join(words)}`" + (f" and typed {quoted(typed)}" if typed else "")
        running = self._launch(words, " ".join(words), terminal, limits=limits)
        return Program(running, did, self._files, self._transcript, self._confinement)

    def _launch(
        self,
        words: Sequence[str],
        name: str,
        terminal: bool,
        pass_fds: Sequence[int] = (),
        limits: Mapping[str, Any] | None = None,
        notes: HeldWrites | ToldWrites | None = None,
    ) -> RunningProgram:
        who = words[0] if not words[0].startswith(("/", "-")) else "student"
        if self._sql_trace.is_open and not words[0].startswith("-"):  # a query of our own is none of the student's statements
            words = [self._confinement.inside("trace_sql.py"), str(self._sql_trace.fileno()), *words]
            pass_fds = [*pass_fds, self._sql_trace.fileno()]
        self._settle()
        argv = self._confinement.python("-X", "faulthandler", *words)
        if notes is not None:
            argv, pass_fds = notes.command(self._confinement, words), [*pass_fds, *notes.fds]
        self._transcript.record(who, f"started: python {name}")
        own = replace(self._limits, **(limits or {}))
        held = None if notes is None else notes.held
        running = RunningProgram(
            self._confinement, argv, own, self._transcript, who=who, terminal=terminal, pass_fds=pass_fds, held=held
        )
        self._started.append(running)
        self._names.append(OWN_CODE if who == "student" else who)
        return running

    def _settle(self) -> None:
        """Let the kernel finish with closed connections, so that a port is free when the last program has left it."""
        if self._confinement.is_closed_world:
            self._transcript.wait_until(lambda: not are_changing(), _SETTLED_WITHIN, poll=0.001, counts=False)

    def _need(self, file: str) -> None:
        if file not in self._files and not self._folder.has(file):
            raise Missing(
                f"there is no file {file} in your folder",
                did=f"We looked for {file}",
                expected=f"{file} is handed in",
                cause=Cause("missing file", file),
            )
        data = self._files.get(file, b"")
        # Python 3.11 may stop at a NUL byte without a word, later ones refuse the file: the verdict is the same everywhere.
        unreadable = why_unreadable(file, data) if b"\0" in data else None
        if unreadable:
            raise unreadable.fault(f"We started {file}", "Python can read it")

    # functions

    def call(self, target: str, *args: object) -> Any:
        """Call `module:function` with plain data in a fresh interpreter and return its result as plain data.

        Raises Crashed when the student's code raised, Missing without the file or function, TimedOut over a limit.
        """
        module, _, function = target.partition(":")
        return self.call_each(module, [(function, *args)])[0].value

    def call_each(self, module: str, calls: Sequence[Call], lost: str = "") -> list[Answer]:
        """Make several calls, each a function's name and its arguments, one after the other in one interpreter, as `call` does.

        Where one raises the module's exception `lost`, that is its answer, and that of later calls on the same socket, too: they
        are not made any more.
        """
        self._need(module + ".py")
        return self._own_programs.call(module, calls, lost)

    def call_raises(self, target: str, *args: object) -> str:
        """Call `module:function`, which must raise; return the name of the exception's class. Raises Mismatch if it returned."""
        module, _, function = target.partition(":")
        self._need(module + ".py")
        answer, did = self._own_programs.try_call(module, [(function, *args)])
        if "raised" in answer:
            return str(answer["raised"]["type"])
        (value,) = self._own_programs.answers(answer, 1, module, did)
        raise Mismatch(f"it returned {value.value!r:.400}", did=did, expected="the call raises an exception")

    def time_limit_after(self, target: str, *args: object) -> float | None:
        """Call as `call` does, and return for how many seconds a plain recv() on the first socket in `args` waits afterwards.

        None for one without a limit, 0 for one that does not wait. Seen from outside, in the kernel, where that can be seen.
        """
        module, _, function = target.partition(":")
        self._need(module + ".py")
        return self._own_programs.time_limit_after(module, (function, *args))

    def query(self, database: str, sql: str, *parameters: object) -> list[list[Any]]:
        """Open the student's database file read-only, with our own code in the sandbox, and return the rows of one query.

        Raises Missing when there is no such file, Mismatch when SQLite refuses.
        """
        did = f"We opened {database} and asked: {sql}"
        if not self.has(database):
            raise self._not_made(database)
        return self._sql(database, "ro", [(sql, [parameters])], did)

    def execute(self, database: str, *statements: tuple[str, Sequence[Sequence[object]]]) -> None:
        """Change a database file of the student's folder, or make it, with our own code in the sandbox.

        Each statement is SQL and rows of parameters, for each of which it is run; `[()]` for one that takes none. Raises Mismatch
        when SQLite refuses.
        """
        self._sql(database, "rwc", statements, f"We wrote to {database}")

    def _sql(
        self, database: str, mode: str, statements: Sequence[tuple[str, Sequence[Sequence[object]]]], did: str
    ) -> list[list[Any]]:
        words = [database, mode, json.dumps(statements), str(ANSWER_ROWS)]
        answer = self._own_programs.ask(["-I", "query.py"], words, None, did, f"query of {database}", "rows", "error")
        if "error" in answer:
            raise Mismatch(f"SQLite answered: {answer['error']}", did=did, expected="the query works")
        rows: list[list[Any]] = answer["rows"]
        return rows

    def _not_made(self, name: str) -> Missing:
        """The fault when a program has not made a file; one of the same kind that it did make is named."""
        kind = PurePosixPath(name).suffix
        made = sorted(other for other in self._folder.names() if PurePosixPath(other).suffix == kind and other not in self._files)
        shown = [visible(other)[:_NAME_SHOWN] for other in made[:_NAMES_SHOWN]]
        instead = f", but there is {', '.join(shown)}" if shown else ""
        return Missing(
            f"there is no file {name}{instead}",
            did=f"We looked for {name}",
            expected=f"the program has made {name}",
            cause=Cause("output by another name", name) if made else None,
        )

    def trace_sql(self) -> SqlTrace:
        """Write down the SQL of every program that is started in the `with` block: `with student.trace_sql() as trace: …`."""
        self._sql_trace = SqlTrace()
        return self._sql_trace

    # files

    def has(self, name: str) -> bool:
        """Whether a regular file of that name is in the student's folder now."""
        return self._folder.has(name)

    def read_file(self, name: str) -> bytes:
        """Read a file of the student's folder as it is now. Raises Missing when absent, Mismatch when it is no plain file."""
        did, expected = f"We looked for {name}", f"a file {name}"
        try:
            return self._folder.read(name, READ_FILE_BYTES)
        except FileNotFoundError:
            cause = Cause("missing file", name) if name in self._given else None  # of the others, the check knows more
            raise Missing(f"there is no file {name}", did=did, expected=expected, cause=cause) from None
        except (OSError, ValueError) as error:
            raise Mismatch(f"{name} cannot be read as a plain file ({error})", did=did, expected=expected) from None

    def add_file(self, name: str, data: bytes) -> None:
        """Put a file of the check's own into the student's folder, in place of whatever lies there.

        Raises Mismatch when the student's program has left no room for it.
        """
        try:
            self._folder.write(name, data)
        except OSError as error:
            raise _no_room(name, error) from None

    def remove_file(self, name: str) -> None:
        """Remove a file of the student's folder, if there is one."""
        try:
            self._folder.remove(name)
        except OSError as error:
            raise _no_room(name, error) from None

    def add_link(self, name: str, target: str) -> None:
        """Put a symbolic link into the student's folder, in place of whatever lies there. Raises Mismatch as `add_file` does."""
        try:
            self._folder.link(name, target)
        except OSError as error:
            raise _no_room(name, error) from None

    def given(self, name: str) -> bytes:
        """The file as the starter has it. Raises CannotGrade when the starter has none: the author's mistake."""
        if name not in self._given:
            raise CannotGrade(f"the starter has no file {name}")
        return self._given[name]

    # for the engine

    def programs(self) -> list[RunningProgram]:
        """Every program started in this check."""
        return list(self._started)

    def running(self) -> list[RunningProgram]:
        """The programs that have not ended."""
        return [program for program in self._started if not program.ended]

    def explain_standstill(self, sleeps: Sequence[Sleep]) -> list[Waiting]:
        """Say what each running program waits for; it costs the programs their lives."""
        sockets, told = entries(), []
        programs = [(name, program) for name, program in zip(self._names, self._started, strict=True) if not program.ended]
        asleep = [telling([sleep for sleep in sleeps if sleep.pid in program.pids()]) for _, program in programs]
        for _, program in programs:
            program.hold()
        for (_, program), sleep in zip(programs, asleep, strict=True):
            if sleep is not None:
                program.signal_for_stacks((sleep.pid, sleep.tid))
        for _, program in programs:
            program.go_on()
        for (name, program), sleep in zip(programs, asleep, strict=True):
            if sleep is not None:
                program.await_stacks()
                places = find_waiting_places(program.stacks, self._files)
                told.append(explain(name, sleep, places[0] if places else None, sockets))
        return told

    def close(self) -> None:
        """Kill what is still running and remove the folder."""
        for running in self._started:
            running.kill()
        self._confinement.close_box()


def _no_room(name: str, error: OSError) -> Mismatch:
    return Mismatch(
        f"that was not possible any more ({error.strerror or error})",
        did=f"We put a file {name} of our own into your folder",
        expected="the folder takes one more file",
        hint="Does your program fill the folder, or change or remove files in it that are not its own?",
    )
