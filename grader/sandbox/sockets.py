"""The kernel's table of TCP sockets: who listens, and what lies unread in a queue. Looks only; opens no connection.

Two ways to the same table. `sock_diag(7)` (a netlink socket) answers a question about one socket in microseconds. Where a
kernel does not offer it, `/proc/net/tcp` and `/proc/net/tcp6` are read, which costs milliseconds. Where neither exists (not
Linux), `have_table()` is False and every question gets the answer "not there".
"""

from __future__ import annotations

import contextlib
import errno
import functools
import ipaddress
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

Address = tuple[str, int]

LISTEN = 10
"""The kernel's number for the state of a listening socket."""
_FIN_WAIT_2 = 5
_CHANGING = {4, 6, 9, 11}  # FIN_WAIT1, TIME_WAIT, LAST_ACK, CLOSING
_ALL_STATES = 0xFFF
ARRIVED_UNKNOWN = -1
"""What `Receiver.arrived` is where only `/proc` can be asked."""

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


@dataclass(frozen=True)
class SocketEntry:
    """One TCP socket of this network. Queues are in bytes; `rx_queue` is what its owner has not read yet.

    For a listening socket the queues count connections, and mean nothing here.
    """

    local: Address
    remote: Address
    state: int
    rx_queue: int
    tx_queue: int
    inode: int


@dataclass(frozen=True)
class Receiver:
    """The receiving end of a connection: bytes its owner has not read, bytes that ever arrived."""

    unread: int
    arrived: int = ARRIVED_UNKNOWN


def have_table() -> bool:
    """Whether this machine shows its table of sockets at all."""
    return _TABLES[0].exists()


def entries() -> list[SocketEntry]:
    """All TCP sockets of this network; addresses as `connect` takes them (IPv4-mapped ones as IPv4)."""
    if _diag_works():
        return [_entry(answer) for answer in _diag_dump(_ALL_STATES)]
    found: list[SocketEntry] = []
    for table in _TABLES:
        with contextlib.suppress(FileNotFoundError):
            found.extend(_parse(line) for line in table.read_text("ascii").splitlines()[1:])
    return found


def listening_ports() -> set[int]:
    """The ports that somebody listens on, whatever the address."""
    if _diag_works():
        return _diag_listening_ports()
    return {entry.local[1] for entry in entries() if entry.state == LISTEN}


def is_listening(port: int) -> bool:
    """Whether somebody listens on `port`, whatever the address."""
    return port in listening_ports()


def are_changing() -> bool:
    """Whether some closed connection is still in the kernel's hands and will soon be gone by itself.

    Until then its port cannot be bound without SO_REUSEADDR. A connection that only one side has closed does not count.
    """
    table = entries()
    both = {(entry.local, entry.remote) for entry in table}
    return any(
        entry.state in _CHANGING or (entry.state == _FIN_WAIT_2 and (entry.remote, entry.local) not in both) for entry in table
    )


def receive_queue(local: Address, remote: Address) -> int | None:
    """Bytes that the socket with these addresses holds and its owner has not read; None if there is no such socket."""
    found = receiver(local, remote)
    return None if found is None else found.unread


def receiver(local: Address, remote: Address) -> Receiver | None:
    """The connected socket with these addresses, seen from outside; None if there is no such socket."""
    if _diag_works():
        return _diag_receiver(local, remote)
    for entry in entries():
        if entry.local == local and entry.remote == remote:
            return Receiver(entry.rx_queue)
    return None


def _parse(line: str) -> SocketEntry:
    fields = line.split()
    tx_queue, rx_queue = fields[4].split(":")
    return SocketEntry(
        local=_address(fields[1]),
        remote=_address(fields[2]),
        state=int(fields[3], 16),
        rx_queue=int(rx_queue, 16),
        tx_queue=int(tx_queue, 16),
        inode=int(fields[9]),
    )


def _address(text: str) -> Address:
    """`0100007F:0016` -> `("127.0.0.1", 22)`. The kernel prints an address as 32-bit words in the machine's byte order."""
    digits, port = text.split(":")
    words = [int(digits[start : start + 8], 16).to_bytes(4, sys.byteorder) for start in range(0, len(digits), 8)]
    return _plain(b"".join(words)), int(port, 16)


def _plain(packed: bytes) -> str:
    address = ipaddress.ip_address(packed)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


# sock_diag: struct inet_diag_req_v2 goes out, struct inet_diag_msg and its attributes come back (linux/inet_diag.h).

_SOCK_DIAG = 4  # NETLINK_SOCK_DIAG
_BY_FAMILY = 20  # SOCK_DIAG_BY_FAMILY
_REQUEST, _DUMP = 0x1, 0x300
_ERROR, _DONE = 2, 3
_INFO = 2  # INET_DIAG_INFO: struct tcp_info
_HEADER = struct.Struct("=IHHII")
_MESSAGE_SIZE = 72
_BYTES_RECEIVED = 128  # offset of tcpi_bytes_received


@functools.cache
def _diag_works() -> bool:
    """Asked once: a kernel without this service says either that, or "no such socket" to everything."""
    try:
        _diag_listening_ports()
    except OSError:
        return False
    return True


def _diag_listening_ports() -> set[int]:
    return {struct.unpack_from("!H", answer, 4)[0] for answer in _diag_dump(1 << LISTEN)}


def _diag_dump(states: int) -> list[bytes]:
    families = (socket.AF_INET, socket.AF_INET6)
    return [answer for family in families for answer in _ask(family, 0, states, _REQUEST | _DUMP, bytes(48))]


def _entry(answer: bytes) -> SocketEntry:
    """struct inet_diag_msg: family, state, two bytes, the socket's id, then (at 52) expires, rqueue, wqueue, uid, inode."""
    size = 4 if answer[0] == socket.AF_INET else 16
    here, there = struct.unpack_from("!HH", answer, 4)
    _, rx_queue, tx_queue, _, inode = struct.unpack_from("=5I", answer, 52)
    return SocketEntry(
        local=(_plain(answer[8 : 8 + size]), here),
        remote=(_plain(answer[24 : 24 + size]), there),
        state=answer[1],
        rx_queue=rx_queue,
        tx_queue=tx_queue,
        inode=inode,
    )


def _diag_receiver(local: Address, remote: Address) -> Receiver | None:
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    for answer in _ask(family, 1 << (_INFO - 1), 0xFFFFFFFF, _REQUEST, _socket_id(family, local, remote)):
        if answer[1] != LISTEN:  # the kernel answers with the listening socket once the connected one is gone
            (unread,) = struct.unpack_from("=I", answer, 56)
            return Receiver(unread, _arrived(answer[_MESSAGE_SIZE:]))
    return None


def _socket_id(family: int, local: Address, remote: Address) -> bytes:
    packed = [socket.inet_pton(family, address).ljust(16, b"\0") for address in (local[0], remote[0])]
    return struct.pack("!HH", local[1], remote[1]) + b"".join(packed) + bytes(4) + b"\xff" * 8


def _ask(family: int, extensions: int, states: int, flags: int, socket_id: bytes) -> list[bytes]:
    """The kernel's answers to one question, none if there is no such socket. Raises OSError where it cannot be asked."""
    if sys.platform != "linux":
        raise OSError("sock_diag exists on Linux only")
    body = struct.pack("=BBBBI", family, socket.IPPROTO_TCP, extensions, 0, states) + socket_id
    answers: list[bytes] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _SOCK_DIAG) as netlink:
        netlink.send(_HEADER.pack(_HEADER.size + len(body), _BY_FAMILY, flags, 1, 0) + body)
        while True:
            data = netlink.recv(1 << 16)
            while data:
                size, kind, *_ = _HEADER.unpack_from(data)
                answer, data = data[_HEADER.size : size], data[(size + 3) & ~3 :]
                if kind in (_ERROR, _DONE):
                    (code,) = struct.unpack_from("=i", answer)
                    if code == 0 or (code == -errno.ENOENT and not flags & _DUMP):
                        return answers
                    raise OSError(-code, "the kernel refused the question")
                answers.append(answer)
            if not flags & _DUMP:
                return answers


def _arrived(attributes: bytes) -> int:
    while len(attributes) >= 4:
        size, kind = struct.unpack_from("=HH", attributes)
        if kind == _INFO and size >= 4 + _BYTES_RECEIVED + 8:
            (count,) = struct.unpack_from("=Q", attributes, 4 + _BYTES_RECEIVED)
            return int(count)
        attributes = attributes[(max(size, 4) + 3) & ~3 :]
    return ARRIVED_UNKNOWN
