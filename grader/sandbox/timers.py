"""Whether the kernel will wake a sleeping program by itself: time limits of its sockets, timers, alarms. Linux only.

What `/proc/<pid>/syscall` does not show. Which threads sleep, and in which call, is `stuck.py`'s. Where the kernel does not
tell, the answer is "yes, it may": then nobody says "never".

Left out because they wake nobody in a session, whose two sides share one kernel: SO_KEEPALIVE (the other side's kernel answers
every probe), timers that count computing time, SO_LINGER and a connect (calls that `stuck.py` does not take for endless).
An alarm without a handler for it ends a program, and the kernel shows it to nobody: the one timer that is not seen here.

Sources: proc(5), socket(7), tcp(7), timerfd_create(2), termios(3), pidfd_getfd(2).
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.sandbox.stuck import Sleep
from grader.sandbox.system_call import system_call

_PROC = Path("/proc")
_PIDFD_GETFD = 438  # on every architecture
_TCP_USER_TIMEOUT = 18
_NO_LIMIT = struct.pack("@ll", 0, 0)
_ARMED = re.compile(rb"^it_value: \((?!0, 0\))", re.MULTILINE)
_SENDS = {"send", "write", "writev"}


def may_wake(sleeps: Sequence[Sleep]) -> bool:
    """Whether one of these threads may go on, or its process end, although nobody does anything. Looks only."""
    return any(_has_timer(pid) for pid in {sleep.pid for sleep in sleeps}) or any(_has_limit(sleep) for sleep in sleeps)


def _has_timer(pid: int) -> bool:
    """A timer of the process: a POSIX timer, an alarm that it has prepared for, a timerfd, a limit on unsent bytes."""
    try:
        if (_PROC / str(pid) / "timers").read_bytes():
            return True
        if _heeds_alarms((_PROC / str(pid) / "status").read_text()):
            return True
        descriptors = os.listdir(_PROC / str(pid) / "fd")
        return any(_is_timed(pid, int(descriptor)) for descriptor in descriptors)
    except OSError:
        return True


def _heeds_alarms(status: str) -> bool:
    """An alarm(2) or setitimer(2) cannot be seen, but who waits for one catches or blocks its signal."""
    bit = 1 << (signal.SIGALRM - 1)
    return any(int(mask, 16) & bit for mask in re.findall(r"^(?:SigBlk|SigCgt):\s*([0-9a-f]+)$", status, re.MULTILINE))


def _is_timed(pid: int, descriptor: int) -> bool:
    """Also of a descriptor that is only one of many in an epoll, poll or select."""
    target = os.readlink(_PROC / str(pid) / "fd" / str(descriptor))
    if target == "anon_inode:[timerfd]":
        return _ARMED.search((_PROC / str(pid) / "fdinfo" / str(descriptor)).read_bytes()) is not None
    if not target.startswith("socket:"):
        return False
    with _borrowed(pid, descriptor) as fd, socket.socket(fileno=os.dup(fd)) as link:
        is_tcp = link.family in (socket.AF_INET, socket.AF_INET6) and link.type == socket.SOCK_STREAM
        return is_tcp and link.getsockopt(socket.IPPROTO_TCP, _TCP_USER_TIMEOUT) != 0


def _has_limit(sleep: Sleep) -> bool:
    """A time limit of the very descriptor that the thread sleeps on: of a socket by setsockopt, of a terminal by VTIME."""
    if sleep.descriptor is None:
        return False
    try:
        if sleep.target.startswith("socket:"):
            option = socket.SO_SNDTIMEO if sleep.call in _SENDS else socket.SO_RCVTIMEO
            with _borrowed(sleep.pid, sleep.descriptor) as fd, socket.socket(fileno=os.dup(fd)) as link:
                return link.getsockopt(socket.SOL_SOCKET, option, len(_NO_LIMIT)) != _NO_LIMIT
        if sleep.target.startswith(("/dev/pts/", "/dev/tty", "/dev/console")):
            return _terminal_has_limit(sleep.pid, sleep.descriptor)
    except OSError:
        return True
    return False


def _terminal_has_limit(pid: int, descriptor: int) -> bool:
    import termios

    with _borrowed(pid, descriptor) as fd:
        try:
            mode = termios.tcgetattr(fd)
        except termios.error:
            return True
    return not mode[3] & termios.ICANON and mode[6][termios.VTIME] not in (0, b"\0")


@contextlib.contextmanager
def _borrowed(pid: int, descriptor: int) -> Iterator[int]:
    """The program's own open file, as a descriptor of ours, until the `with` block ends. Raises OSError if refused."""
    process = os.pidfd_open(pid)
    try:
        fd = system_call(_PIDFD_GETFD, process, descriptor, 0)
    finally:
        os.close(process)
    try:
        yield fd
    finally:
        os.close(fd)
