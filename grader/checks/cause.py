"""First the cause: a wait that was in vain because a program has crashed or ended is told as that crash or end.

A dying program closes its connections before it is dead, so a check may see a refused, closed or silent connection first. What
the program did then decides, not what was seen first. How a fault becomes text is not in here.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping, Sequence

from grader.checks.overrun import raise_for_overrun
from grader.errors import Gone, Missing, Stuck, StudentFault, TimedOut
from grader.events.transcript import Transcript
from grader.model import Entry
from grader.reports.text import quoted
from grader.sandbox.explain import find_crash, signal_words
from grader.sandbox.process import RunningProgram
from grader.sandbox.stuck import can_look, is_alive, times_asleep

_IN_VAIN = (Missing, TimedOut, Stuck)
_BYTES = re.compile(r"""\bb['"]""")
_LOOK_EVERY = 0.005  # seconds
_LONGEST = 5.0  # seconds; only a program that is never at rest takes so long
_BLINDLY = 0.5  # seconds to wait for a program's end where nobody can see whether it is at rest


def cause_of(
    fault: StudentFault, programs: Sequence[RunningProgram], sources: Mapping[str, bytes], transcript: Transcript
) -> StudentFault:
    """Return the fault to tell instead of `fault`, or `fault` itself when no crash or end of a program explains it.

    Returns when each program has either ended or come to rest. `programs`: all that were started in this check; `sources`: the
    student's files by name.
    """
    if not isinstance(fault, _IN_VAIN) or not programs:
        return fault
    _settle(programs, transcript)
    try:
        _raise_cause(fault, sorted(programs, key=_ended_at), sources)
    except StudentFault as cause:
        cause.hint = cause.hint or fault.hint
        cause.happened = fault.condition + cause.happened
        return cause
    return fault


def shows_bytes(fault: StudentFault, entries: Sequence[Entry]) -> bool:
    """Whether the fault is about text that a program has written with the marks of bytes in it, b'…'."""
    if not _BYTES.search(fault.happened) or _BYTES.search(fault.expected):
        return False
    written = (entry.data.decode("latin-1") for entry in entries if entry.what.startswith(("printed", "received")))
    return any(_BYTES.search(text) for text in written)


def _raise_cause(fault: StudentFault, programs: Sequence[RunningProgram], sources: Mapping[str, bytes]) -> None:
    for program in programs:
        crash = find_crash(_printed(program).decode("utf-8", "backslashreplace"), sources)
        if crash is not None:  # of the program, or of one of its threads
            raise crash.fault(fault.did, fault.expected)
    last = programs[-1]
    if isinstance(fault, Gone) and last.ended and not last.was_killed:
        raise_for_overrun(last, fault.did, fault.expected, sources)
        said = f"; it had printed {quoted(_printed(last))}" if _printed(last).strip() else "; it had printed nothing"
        raise Missing(f"the program {signal_words(last.exit_code)}{said}", did=fault.did, expected=fault.expected)


def _printed(program: RunningProgram) -> bytes:
    return program.output("stdout") + program.output("stderr")


def _ended_at(program: RunningProgram) -> float:
    return program.ended_at if program.ended else float("inf")


def _settle(programs: Sequence[RunningProgram], transcript: Transcript) -> None:
    """Wait until every program has ended or rests: two looks find each thread, also of the session, in the same sleep."""
    if not can_look():
        transcript.wait_until(lambda: all(program.ended for program in programs), _BLINDLY, counts=False)
        return
    # Threads that look at limits wake by the clock, but they change nothing.
    bystanders = {program.watcher for program in programs} | {threading.get_native_id()}
    before: list[dict[int, int] | None] = []

    def rest() -> bool:
        nonlocal before
        running = [program.pids() for program in programs if not program.ended]
        if not running:
            return True
        # No process alive and not ended: it is just ending.
        now = [times_asleep(pids) if any(map(is_alive, pids)) else None for pids in running]
        now.append(times_asleep([os.getpid()], bystanders))
        same, before = now == before and None not in now, now
        return same

    transcript.wait_until(rest, _LONGEST, poll=_LOOK_EVERY, counts=False)
