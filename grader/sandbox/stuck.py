"""Whether a program waits for something that can no longer happen, seen from /proc without stopping it. Linux only.

Looks at one moment; `watch.py` decides from two of them. Source of the formats: proc(5), syscall(2).
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace

from grader.sandbox.proc import text

_PROC = "/proc"

# Numbers of the calls in which a thread may sleep for ever, and which argument (if any) is its time limit.
# kind -> (name of the call, index of the argument that bounds it, value of that argument when there is no limit)

_CALLS: dict[str, dict[int, tuple[str, int | None, int]]] = {
    "x86_64": {
        0: ("read", None, 0),
        1: ("write", None, 0),
        7: ("poll", 2, 0xFFFFFFFF),
        19: ("readv", None, 0),
        20: ("writev", None, 0),
        23: ("select", 4, 0),
        34: ("pause", None, 0),
        43: ("accept", None, 0),
        44: ("send", None, 0),
        45: ("recv", None, 0),
        46: ("send", None, 0),
        47: ("recv", None, 0),
        61: ("wait", None, 0),
        202: ("futex", 3, 0),
        232: ("epoll_wait", 3, 0xFFFFFFFF),
        247: ("wait", None, 0),
        270: ("select", 4, 0),
        271: ("poll", 2, 0),
        281: ("epoll_wait", 3, 0xFFFFFFFF),
        288: ("accept", None, 0),
    },
    "aarch64": {
        22: ("epoll_wait", 3, 0xFFFFFFFF),
        63: ("read", None, 0),
        64: ("write", None, 0),
        65: ("readv", None, 0),
        66: ("writev", None, 0),
        72: ("select", 4, 0),
        73: ("poll", 2, 0),
        95: ("wait", None, 0),
        98: ("futex", 3, 0),
        202: ("accept", None, 0),
        206: ("send", None, 0),
        207: ("recv", None, 0),
        211: ("send", None, 0),
        212: ("recv", None, 0),
        242: ("accept", None, 0),
        260: ("wait", None, 0),
    },
}
_SLEEPS_BY_CLOCK = {"x86_64": (35, 230), "aarch64": (101, 115)}
"""Numbers of nanosleep(2) and clock_nanosleep(2)."""
_HAS_DESCRIPTOR = {"read", "write", "readv", "writev", "accept", "send", "recv"}


@dataclass(frozen=True)
class Sleep:
    """A thread that sleeps in a call without a time limit. `target` is what its descriptor leads to ("" without one).

    `switches` counts how often the thread has gone to sleep: the same number later means that it never woke in between.
    `ticks`: it wakes by the clock all the same, but only to go back to sleep (`ticks.py`).
    """

    pid: int
    tid: int
    call: str
    descriptor: int | None
    target: str
    switches: int
    ticks: bool = False
    wakes: float = 0.0
    """How often a second it wakes by the clock, where that was counted."""


@dataclass(frozen=True)
class Call:
    """The call in which a thread sleeps at this moment: its number, six arguments, the thread's stack pointer, its switches."""

    number: int
    arguments: tuple[int, ...]
    stack: int
    switches: int

    @property
    def name(self) -> str:
        """What `_CALLS` calls it, "clock" for a sleep by the clock alone, and "" for all others."""
        machine = platform.machine()
        if self.number in _SLEEPS_BY_CLOCK.get(machine, ()):
            return "clock"
        return _CALLS[machine].get(self.number, ("", None, 0))[0]


def can_look() -> bool:
    """Whether the numbers of this machine's calls are known and /proc shows them."""
    return platform.machine() in _CALLS and os.path.exists(f"{_PROC}/self/syscall")


def sleeping_threads(
    pids: Sequence[int], except_for: Container[int] = (), ticking: Callable[[int, int], Sleep | None] = lambda pid, tid: None
) -> list[Sleep] | None:
    """Return the sleep of every thread of these processes; None when one of them runs or will wake by itself.

    None, too, when one is dead and none of the others waits for it: process 1 of its namespace is about to hear of that, on a
    busy machine not at once, and the end of the program follows. `ticking` is asked about a thread that will wake, by its
    process and its own id: does it only go back to sleep?
    """
    sleeps: list[Sleep] = []
    for pid in pids:
        if not is_alive(pid) and _parent(pid) not in pids:
            return None
        try:
            threads = [int(name) for name in os.listdir(f"{_PROC}/{pid}/task")]
        except OSError:
            return None
        for tid in threads:
            if tid in except_for:
                continue
            sleep = endless_sleep(pid, tid) or ticking(pid, tid)
            if sleep is None:
                return None
            if sleep is not _DEAD:
                sleeps.append(sleep)
    return sleeps


def times_asleep(pids: Sequence[int], except_for: Container[int] = ()) -> dict[int, int] | None:
    """Return thread id -> how often it has gone to sleep, if every thread of these processes sleeps now (also by the clock)."""
    asleep: dict[int, int] = {}
    for pid in pids:
        try:
            for tid in map(int, os.listdir(f"{_PROC}/{pid}/task")):
                if tid in except_for:
                    continue
                status = text(f"{_PROC}/{pid}/task/{tid}/status")
                if _field(status, "State") not in ("S", "Z"):
                    return None
                asleep[tid] = int(_field(status, "voluntary_ctxt_switches"))
        except OSError:
            return None
    return asleep


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie: of one whose main thread alone has ended, another thread is left."""
    try:
        tasks = os.listdir(f"{_PROC}/{pid}/task")
        return len(tasks) > 1 or _field(text(f"{_PROC}/{pid}/status"), "State") != "Z"
    except OSError:
        return False


def waits_for_events(pid: int, tid: int) -> bool:
    """Whether a thread sleeps until something happens on its descriptors, with or without a time limit."""
    task = f"{_PROC}/{pid}/task/{tid}"
    try:
        status, fields = text(f"{task}/status"), text(f"{task}/syscall").split()
    except OSError:
        return False
    known = _CALLS[platform.machine()].get(int(fields[0])) if len(fields) >= 7 else None
    return _field(status, "State") == "S" and known is not None and known[0] == "epoll_wait"


def is_at_work(pid: int, except_for: int) -> bool | None:
    """Whether a thread of this process, other than one, still has something to do. None: look again, one runs or will wake soon.

    Who sleeps by the clock will go on. All others are at rest when each is gone or waits, without a time limit, for somebody to
    wake it, as the idle workers of a pool do. One that is just writing is not at rest.
    """
    try:
        threads = [int(name) for name in os.listdir(f"{_PROC}/{pid}/task")]
    except OSError:
        return False
    doing = [_is_at_work(pid, tid) for tid in threads if tid != except_for]
    return None if None in doing else True in doing


def _is_at_work(pid: int, tid: int) -> bool | None:
    sleep = endless_sleep(pid, tid)
    if sleep is not None:
        return None if sleep.call in ("write", "writev") else False
    try:
        task = f"{_PROC}/{pid}/task/{tid}"
        number = text(f"{task}/syscall").split()[0]
        state = _field(text(f"{task}/status"), "State")
    except OSError:
        return False  # it is gone
    sleeps = state == "S" and number in map(str, _SLEEPS_BY_CLOCK[platform.machine()])
    return True if sleeps else None


_DEAD = Sleep(0, 0, "", None, "", 0)
"""A thread that has ended and is still in the list."""


def call_of(pid: int, tid: int) -> Call | None:
    """The call in which a thread sleeps now; None when it runs, is in no call, or has ended."""
    task = f"{_PROC}/{pid}/task/{tid}"
    try:
        status = text(f"{task}/status")
        fields = text(f"{task}/syscall").split()
    except OSError:
        return None
    if _field(status, "State") != "S" or len(fields) < 9:  # "running", or "-1 …" for a thread that is in no call
        return None
    values = [int(field, 16) for field in fields[1:]]
    return Call(int(fields[0]), tuple(values[:6]), values[6], int(_field(status, "voluntary_ctxt_switches")))


def endless_sleep(pid: int, tid: int) -> Sleep | None:
    """The sleep of a thread that has no time limit; None when it runs or will wake by itself."""
    call = call_of(pid, tid)
    if call is None:
        return _DEAD if _has_ended(pid, tid) else None
    known = _CALLS[platform.machine()].get(call.number)
    if known is None:
        return None
    name, bound, unlimited = known
    if bound is not None and not _is_unlimited(call.arguments[bound], unlimited):
        return None
    if name not in _HAS_DESCRIPTOR:
        return Sleep(pid, tid, name, None, "", call.switches)
    return with_target(Sleep(pid, tid, name, call.arguments[0] & 0xFFFFFFFF, "", call.switches))


def with_target(sleep: Sleep) -> Sleep | None:
    """The same with what its descriptor leads to; None when the process has no such descriptor any more."""
    try:
        return replace(sleep, target=os.readlink(f"{_PROC}/{sleep.pid}/fd/{sleep.descriptor}"))
    except OSError:
        return None


def _has_ended(pid: int, tid: int) -> bool:
    """Whether it is dead and still in the list."""
    try:
        return _field(text(f"{_PROC}/{pid}/task/{tid}/status"), "State") == "Z"
    except OSError:
        return False


def _parent(pid: int) -> int:
    """Its number; 0 for a process that is gone."""
    try:
        return int(_field(text(f"{_PROC}/{pid}/status"), "PPid"))
    except OSError:
        return 0


def _field(status: str, name: str) -> str:
    """First word of a line of /proc/<pid>/status."""
    return status.partition(f"\n{name}:")[2].split(None, 1)[0]


def _is_unlimited(value: int, unlimited: int) -> bool:
    """A limit of -1 milliseconds is an int: its upper half may hold anything."""
    return value & 0xFFFFFFFF == unlimited if unlimited else value == 0


def reads_keyboard(sleep: Sleep, terminal: bool) -> bool:
    """Whether a thread sleeps until somebody types: in a read of stdin, or on a `terminal` by select() and its kind."""
    if sleep.call in ("read", "readv"):
        return sleep.descriptor == 0 or sleep.target.startswith(("/dev/pts/", "/dev/tty"))
    return terminal and sleep.call in ("select", "poll", "epoll_wait")


def describe(sleep: Sleep) -> str:
    """A phrase for a sentence: "waits in recv() for data"."""
    if sleep.call in ("read", "readv") and sleep.descriptor == 0:
        return "waits for input from the keyboard"
    return {
        "read": "waits in a read for data",
        "readv": "waits in a read for data",
        "recv": "waits in recv() for data",
        "accept": "waits in accept() for a client",
        "send": "waits in send() for the other side to read",
        "write": "waits in a write for the other side to read",
        "writev": "waits in a write for the other side to read",
        "futex": "waits for a lock or for another thread",
        "wait": "waits for another process",
        "select": "waits in select() without a time limit",
        "poll": "waits in poll() without a time limit",
        "epoll_wait": "waits for events without a time limit",
        "pause": "waits for a signal",
        "serve_forever": "waits in serve_forever() for a client",
        "clock": f"wakes {_how_often(sleep.wakes)}, finds nothing to do and goes back to sleep",
    }[sleep.call]


def _how_often(a_second: float) -> str:
    """Words for a sentence: "about 2 times a second"."""
    if not a_second:
        return "again and again"
    if a_second < 0.7:
        return f"about once in {round(1 / a_second)} seconds"
    return "about once a second" if a_second < 1.5 else f"about {float(f'{a_second:.1g}'):.0f} times a second"
