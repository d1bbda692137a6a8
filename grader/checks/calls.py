"""Our own programs on the student's side: they call functions of the student's, or ask a database, and answer by a pipe.

The methods that a check uses stand in `student.py`; how arguments and answers travel, in `plain_data.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.checks.answer import AnswerReader, feed
from grader.checks.overrun import raise_for_overrun
from grader.checks.plain_data import Answer, encode, spoken
from grader.checks.program import Program, Run
from grader.errors import Crashed, Missing, Place
from grader.events.transcript import Transcript
from grader.limits import ANSWER_BITS, ANSWER_DEPTH, ANSWER_PARTS, ANSWER_TRACEBACK
from grader.sandbox.confinement import Confinement
from grader.sandbox.explain import cause_of_exception
from grader.sandbox.process import RunningProgram
from grader.sandbox.source_text import find_unreadable
from grader.sandbox.stuck import can_look
from grader.sandbox.tracebacks import MARK, whole_traceback
from grader.sandbox.wait_limit import WaitLimit, wait_limit

Call = Sequence[Any]
"""The name of a function, then its arguments."""
Launch = Callable[[Sequence[str], str, bool, Sequence[int]], RunningProgram]

_RETURNS = "the call returns"
_POLL = 0.003  # seconds between two looks at what wakes nobody
_MOST = {"parts": ANSWER_PARTS, "depth": ANSWER_DEPTH, "bits": ANSWER_BITS, "traceback": ANSWER_TRACEBACK}
_CALL_FORMS = ("answers", "missing", "raised")


class OwnPrograms:
    """Starts our programs in `grader/sandbox/inside` for one check, and makes faults of answers that are none."""

    def __init__(self, launch: Launch, files: Mapping[str, bytes], transcript: Transcript, confinement: Confinement) -> None:
        self._launch = launch
        self._files = files
        self._transcript = transcript
        self._confinement = confinement

    # calls

    def call(self, module: str, calls: Sequence[Call], lost: str = "") -> list[Answer]:
        """What each call gave. Raises Crashed when one raised another exception than `lost`, Missing without the function."""
        answer, did = self.try_call(module, calls, lost)
        return self.answers(answer, len(calls), module, did)

    def try_call(self, module: str, calls: Sequence[Call], lost: str = "") -> tuple[dict[str, Any], str]:
        """The answer to the calls, as `call.py` gives it, and the words for what we did."""
        request, name, did = _request(module, calls, lost)
        return self.ask(["call.py"], [], request, did, name, *_CALL_FORMS), did

    def time_limit_after(self, module: str, call: Call) -> float | None:
        """Seconds for which a plain recv() on the first socket waits afterwards; None without a limit, 0 if it does not wait."""
        request, name, did = _request(module, [call], receive=True)
        running, reader = self._start(["call.py"], [], request, name)
        wall = running.limits.wall_seconds
        self._transcript.wait_until(lambda: not reader.is_alive(), wall, poll=_POLL)
        if reader.is_alive():
            self._program(running, did).wait_for_end(expected=_RETURNS)
        answers = self.answers(self._judged(running, reader, did, _CALL_FORMS), 2, module, did)
        if can_look():
            self._transcript.wait_until(lambda: running.ended or _limit_of(running) is not None, wall, poll=_POLL)
            found = _limit_of(running)
            seconds = found.seconds if found else 0.0
        else:
            seconds = answers[-1].value  # the program's own word
        running.kill()
        return seconds

    def answers(self, answer: Mapping[str, Any], count: int, module: str, did: str) -> list[Answer]:
        """The answers of `count` calls that went well; raises the fault of others."""
        if "missing" in answer:
            name = answer["missing"]
            hint = f"Define {name}() in {module}.py, spelt just so, at the left margin: not inside a class or another function."
            happened, expected = f"there is no function {name}() in {module}.py", f"a function {name}() in {module}.py"
            raise Missing(happened, did=did, expected=expected, hint=hint)
        if "raised" in answer:
            raised = answer["raised"]
            context = f"{raised['source']}\n{raised['file']} {module}.py"
            unreadable = find_unreadable(f"{raised['type']}: {raised['text']}", context, self._files)
            if unreadable:
                raise unreadable.fault(did, _RETURNS)
            text = f": {raised['text']}" if raised["text"] else ""
            place = Place(raised["file"], raised["line"], raised["source"]) if raised["file"] else None
            cause = cause_of_exception(raised["type"], raised["text"], place)
            fault = Crashed(f"it raised {raised['type']}{text}", did=did, expected=_RETURNS, place=place, cause=cause)
            fault.traceback = whole_traceback(raised["traceback"], max(0, raised["traceback"].rfind(MARK)), self._files)
            raise fault
        given: list[Answer] = answer["answers"]
        if len(given) != count:
            raise Crashed("the program ended in the middle of it", did=did, expected=_RETURNS)
        return given

    # any of our programs

    def ask(self, ours: list[str], args: list[str], request: bytes | None, did: str, name: str, *forms: str) -> dict[str, Any]:
        """Run one of our own programs on the student's side and read its answer from a pipe that stdout cannot reach."""
        running, reader = self._start(ours, args, request, name)
        self._program(running, did).wait_for_end(expected=_RETURNS)
        return self._judged(running, reader, did, forms)

    def _program(self, running: RunningProgram, did: str) -> Program:
        return Program(running, did, self._files, self._transcript, self._confinement)

    def _start(self, ours: list[str], args: list[str], request: bytes | None, name: str) -> tuple[RunningProgram, AnswerReader]:
        answer_read, answer_write = os.pipe()
        fds, words = [answer_write], [str(answer_write)]
        if request is not None:
            request_read, request_write = os.pipe()
            fds.append(request_read)
            words.insert(0, str(request_read))
            feed(request_write, request)
        *options, file = ours
        try:
            running = self._launch([*options, self._confinement.inside(file), *words, *args], name, False, fds)
        finally:
            for fd in fds:
                os.close(fd)
        reader = AnswerReader(answer_read)
        running.end_input()
        return running, reader

    def _judged(self, running: RunningProgram, reader: AnswerReader, did: str, forms: Sequence[str]) -> dict[str, Any]:
        """The answer, once it is there. Raises the fault of a program that gave none."""
        answer = reader.result()
        if answer is None or not answer.keys() <= set(forms):
            running.wait_for_end(running.limits.wall_seconds)
            raise_for_overrun(running, did, _RETURNS, self._files)
            crash = Run(running, did, self._files).crash
            if crash:
                raise crash.fault(did, _RETURNS)
            happened = f"the program ended in the middle of it (exit code {running.exit_code})"
            raise Crashed(happened, did=did, expected=_RETURNS)
        return answer


def _request(module: str, calls: Sequence[Call], lost: str = "", receive: bool = False) -> tuple[bytes, str, str]:
    """The request for `call.py`, the name of this run, and the words for what we do."""
    asked = [[name, [encode(argument) for argument in arguments]] for name, *arguments in calls]
    request = {"module": module, "calls": asked, "caught": lost, "receive": receive, "most": _MOST}
    made = [f"{name}({', '.join(map(spoken, arguments))})" for name, *arguments in calls]
    names = ", ".join(dict.fromkeys(f"{name}()" for name, *_ in calls))
    return json.dumps(request).encode(), f"{module}.py: {names}", f"We called {', '.join(made)} of {module}.py"


def _limit_of(running: RunningProgram) -> WaitLimit | None:
    pids = running.pids()
    return wait_limit(pids[0]) if pids else None
