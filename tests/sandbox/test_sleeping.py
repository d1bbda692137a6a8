"""What a look at the kernel's tables must not take for rest: a death that is still to be heard of, and bytes that travel."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from grader.sandbox.sockets import LISTEN, SocketEntry
from grader.sandbox.streams import Streams, hand_over
from grader.sandbox.stuck import can_look, sleeping_threads
from grader.sandbox.watch import _bytes_travel

pytestmark = pytest.mark.skipif(not can_look(), reason="only where /proc shows the calls of threads")

NEGLIGENT = """
import os, signal, sys
child = os.fork()
if child == 0:
    os._exit(0)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
print(child, flush=True)
signal.pause()
"""
"""A parent that sleeps for ever and never asks what became of its child."""


@pytest.fixture
def dead() -> Iterator[int]:
    """A child of ours that has ended, and of which we have not heard yet."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "pass"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        yield child.pid


@pytest.fixture
def negligent() -> Iterator[tuple[int, int]]:
    """A process that sleeps, and its dead child."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", NEGLIGENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        yield parent.pid, int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)


def sleeping(pids: list[int]) -> list[str] | None:
    """The calls in which they sleep, as soon as they do."""
    until = time.monotonic() + 20
    while (found := sleeping_threads(pids)) is None and time.monotonic() < until:
        pass
    return found and [sleep.call for sleep in found]


def test_somebody_is_about_to_hear_of_a_death(dead: int) -> None:
    assert sleeping_threads([dead]) is None


def test_nobody_will_ever_hear_of_a_death(negligent: tuple[int, int]) -> None:
    parent, child = negligent
    assert sleeping([parent, child]) == ["pause"]
    assert sleeping_threads([child]) is None


@pytest.mark.parametrize("number", range(50))
def test_what_is_typed_has_arrived(number: int) -> None:
    streams = Streams(terminal=True)
    theirs = streams.childs[0]
    os.write(streams.input, b"hello\n")
    hand_over(streams.input)
    waiting = bytearray(4)
    fcntl.ioctl(theirs, termios.FIONREAD, waiting)
    assert int.from_bytes(waiting, sys.byteorder) == 6
    os.write(theirs, b"printed\n")
    hand_over(streams.input)
    assert select.select([streams.input], [], [], 0)[0]
    streams.close_childs()
    streams.close()


def test_a_terminal_that_nobody_has_stays_at_its_end() -> None:
    streams = Streams(terminal=True)
    streams.close_childs()
    hand_over(streams.input)
    with pytest.raises(OSError):
        os.read(streams.input, 1)
    streams.close()


def test_what_is_no_terminal_is_left_alone() -> None:
    read, write = os.pipe()
    with contextlib.closing(os.fdopen(read)), contextlib.closing(os.fdopen(write, "w")):
        hand_over(write)


ESTABLISHED, CLOSE_WAIT, FIN_WAIT_2 = 1, 8, 5
OURS, THEIRS = ("127.0.0.1", 13), ("127.0.0.1", 40_000)


def entry(local: tuple[str, int], remote: tuple[str, int], state: int, unread: int = 0, unsent: int = 0) -> SocketEntry:
    return SocketEntry(local, remote, state, unread, unsent, 0)


@pytest.mark.parametrize(
    ("sockets", "travels"),
    [
        ([entry(OURS, ("0.0.0.0", 0), LISTEN)], False),
        ([entry(OURS, THEIRS, ESTABLISHED), entry(THEIRS, OURS, ESTABLISHED)], False),
        ([entry(OURS, THEIRS, ESTABLISHED, unsent=5), entry(THEIRS, OURS, ESTABLISHED)], True),
        ([entry(OURS, THEIRS, ESTABLISHED, unsent=5), entry(THEIRS, OURS, ESTABLISHED, unread=5)], False),
        ([entry(OURS, THEIRS, FIN_WAIT_2), entry(THEIRS, OURS, CLOSE_WAIT)], False),
        ([entry(THEIRS, OURS, CLOSE_WAIT)], False),
        ([entry(THEIRS, OURS, ESTABLISHED)], True),  # the reset of the other side has not arrived
    ],
)
def test_what_travels(sockets: list[SocketEntry], travels: bool) -> None:
    assert _bytes_travel(sockets) is travels
