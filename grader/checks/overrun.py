"""The fault of a program that a limit has ended: which limit, on which line, in what kind of loop. No hints in here."""

from __future__ import annotations

from collections.abc import Mapping

from grader.errors import Cause, Mismatch, Place, StudentFault, TimedOut
from grader.limits import KIB, MIB
from grader.reports.text import quoted
from grader.sandbox.explain import current_frames, find_waiting_places, loop_around, with_called
from grader.sandbox.process import Overrun, RunningProgram


def raise_for_overrun(running: RunningProgram, did: str, expected: str, sources: Mapping[str, bytes]) -> None:
    """Raise the fault for the limit that ended the program, if one did."""
    if running.overrun is None:
        return
    limits, place, at = running.limits, place_of(running, sources), where(running, sources)
    fault: StudentFault
    if running.overrun is Overrun.WALL:
        text = f"the program was still running after {limits.wall_seconds:g} seconds and was ended{_looks_like(running)}"
        fault = TimedOut(text + at, did=did, expected=expected, place=place)
    elif running.overrun is Overrun.CPU:
        text = f"the program used {limits.cpu_seconds} seconds of computing time without ending{_looks_like(running)}"
        fault = TimedOut(text + at, did=did, expected=expected, place=place)
    elif running.overrun is Overrun.MEMORY:
        text = f"the program used more than {limits.memory_bytes // MIB} MB of memory and was ended"
        fault = Mismatch(text + at, did=did, expected=expected, place=place)
    else:
        shown = quoted(running.output("stdout")[:80], 60)
        text = f"the program printed more than {limits.output_bytes // KIB} KiB and was ended; it began with {shown}"
        fault = Mismatch(text, did=did, expected=expected)
    fault.cause = cause_of_overrun(running, sources)
    raise fault


def _looks_like(running: RunningProgram) -> str:
    """Which limit of time comes first depends on what else the machine has to do; that the program computes does not."""
    return ": it looks like an endless loop" if running.was_computing else ""


def cause_of_overrun(running: RunningProgram, sources: Mapping[str, bytes]) -> Cause | None:
    """A loop is one and the same, on whichever of its lines it was met; one that reads at its end has a cause of its own."""
    place = place_of(running, sources)
    if running.overrun is Overrun.OUTPUT:
        return Cause("flood", running.who)
    if place is None or (running.overrun is Overrun.WALL and not running.was_computing):
        return None
    head, loop = _loop(place, running, sources)
    kind = "memory" if running.overrun is Overrun.MEMORY else "endless loop"
    for call, name in ((".recv", "recv"), (".readline", "readline"), ("input(", "input")):
        if call in loop and "BlockingIOError" not in loop:
            kind = f"endless loop at {name}"
    return Cause(kind, f"{place.file}:{head or place.line}")


def _loop(place: Place, running: RunningProgram, sources: Mapping[str, bytes]) -> tuple[int, str]:
    """The innermost loop around the place, or around one that has called it, with the functions that it calls itself.

    In which of them the program is met is a matter of chance.
    """
    for outer in current_frames(running.stacks, sources) or [place]:
        head, loop = loop_around(outer, sources)
        if head and outer.file == place.file:
            return head, with_called(loop, sources.get(outer.file, b""))
    return loop_around(place, sources)


def where(running: RunningProgram, sources: Mapping[str, bytes]) -> str:
    place = place_of(running, sources)
    return f". It was at line {place.line} of {place.file}" if place else ""


def place_of(running: RunningProgram, sources: Mapping[str, bytes]) -> Place | None:
    places = find_waiting_places(running.stacks, sources)
    return places[0] if places else None
