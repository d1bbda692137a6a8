"""The descriptors of a program's three streams: pipes, or a pseudo-terminal. Who reads and writes them is not in here."""

from __future__ import annotations

import os
import select

_OPEN_OTHER_SIDE = 0x5441  # TIOCGPTPEER (ioctl_tty(2))


class Streams:
    """The descriptors of a program's three streams: the child's side and ours."""

    def __init__(self, terminal: bool, stdout_terminal: bool = False) -> None:
        if terminal:
            ours, childs = _open_terminal()
            self.childs = (childs, childs, childs)
            self.input = ours
            self.outputs = [("stdout", ours)]
            self.terminals = [ours]
            return
        stdin, self.input = os.pipe()
        stdout_ours, stdout = _open_terminal() if stdout_terminal else os.pipe()
        stderr_ours, stderr = os.pipe()
        self.childs = (stdin, stdout, stderr)
        self.outputs = [("stdout", stdout_ours), ("stderr", stderr_ours)]
        self.terminals = [stdout_ours] if stdout_terminal else []
        """Our sides of those streams that are terminals."""

    def close_childs(self) -> None:
        for fd in set(self.childs):
            os.close(fd)

    def close(self) -> None:
        for fd in {self.input, *(fd for _, fd in self.outputs)}:
            os.close(fd)


def hand_over(terminal: int) -> None:
    """Have all that was written to either side of a terminal arrive at the other side now; `terminal` is our side.

    A worker of the kernel does that, when it gets a core. To ask whether there is something to read waits for it (`n_tty_poll` in
    Linux' drivers/tty/n_tty.c).
    """
    import fcntl

    try:
        other = fcntl.ioctl(terminal, _OPEN_OTHER_SIDE, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:  # nobody has the other side any more, or this is not Linux
        return
    try:
        select.select([terminal, other], [], [], 0)
    finally:
        os.close(other)


def _open_terminal() -> tuple[int, int]:
    """A pseudo-terminal as a program expects it, without echo and without changing what it writes."""
    import termios

    ours, childs = os.openpty()
    mode = termios.tcgetattr(childs)
    mode[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON)
    mode[1] &= ~termios.OPOST
    mode[3] &= ~(termios.ECHO | termios.ECHONL | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(childs, termios.TCSANOW, mode)
    return ours, childs
