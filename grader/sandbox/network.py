"""The session's own network, set up from inside its namespaces. Nothing about students' programs in here."""

from __future__ import annotations

import fcntl
import socket
import struct
from pathlib import Path

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1


def bring_up_loopback() -> None:
    """Switch `lo` on (netdevice(7)): a new network namespace starts with it down. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | _IFF_UP))


def forget_closed_connections() -> None:
    """Keep no socket in TIME_WAIT, so that the next program can bind the port the last one used. Raises OSError."""
    Path("/proc/sys/net/ipv4/tcp_max_tw_buckets").write_text("0")
