"""The chat room's protocol: lines of UTF-8 that end in LF, messages made of one or two lines, and the room itself.

    client -> server   ADD name | MESSAGE text | PRIVATE friend, text | QUIT
    server -> client   NEW name | MESSAGE sender, text | PRIVATE sender, text | GOODBYE | LEFT name

A comma stands for a line end inside a message. Only LF ends a line: CR and U+2028 are content. No socket in here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class LineBuffer:
    """Bytes in, whole lines out, however the bytes were cut."""

    def __init__(self) -> None:
        self._rest = bytearray()

    @property
    def rest(self) -> bytes:
        """What came after the last LF: the beginning of a line."""
        return bytes(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, without their LF."""
        first, *others = data.split(b"\n")
        self._rest += first  # only the new bytes are looked at and copied: a line may come in a million pieces
        if not others:
            return []
        lines = [bytes(self._rest), *others[:-1]]
        self._rest = bytearray(others[-1])
        return lines


@dataclass(frozen=True)
class Add:
    name: str

    def wire(self) -> bytes:
        return _lines(f"ADD {self.name}")


@dataclass(frozen=True)
class Message:
    text: str

    def wire(self) -> bytes:
        return _lines(f"MESSAGE {self.text}")


@dataclass(frozen=True)
class Private:
    friend: str
    text: str

    def wire(self) -> bytes:
        return _lines(f"PRIVATE {self.friend}", self.text)


@dataclass(frozen=True)
class Quit:
    def wire(self) -> bytes:
        return _lines("QUIT")


@dataclass(frozen=True)
class New:
    name: str

    def wire(self) -> bytes:
        return _lines(f"NEW {self.name}")


@dataclass(frozen=True)
class MessageFrom:
    sender: str
    text: str

    def wire(self) -> bytes:
        return _lines(f"MESSAGE {self.sender}", self.text)


@dataclass(frozen=True)
class PrivateFrom:
    sender: str
    text: str

    def wire(self) -> bytes:
        return _lines(f"PRIVATE {self.sender}", self.text)


@dataclass(frozen=True)
class Goodbye:
    def wire(self) -> bytes:
        return _lines("GOODBYE")


@dataclass(frozen=True)
class Left:
    name: str

    def wire(self) -> bytes:
        return _lines(f"LEFT {self.name}")


@dataclass(frozen=True)
class Unknown:
    """A line that begins no message."""

    line: str


FromClient = Add | Message | Private | Quit | Unknown
FromServer = New | MessageFrom | PrivateFrom | Goodbye | Left | Unknown


class ClientMessages:
    """What a client sends, read piece by piece. An empty line between two messages is nothing."""

    def __init__(self) -> None:
        self._buffer = LineBuffer()
        self._friend: str | None = None

    def feed(self, data: bytes) -> list[FromClient]:
        """The messages that `data` completes."""
        return [message for line in self._buffer.feed(data) if (message := self._read(_text(line))) is not None]

    def _read(self, line: str) -> FromClient | None:
        if self._friend is not None:
            friend, self._friend = self._friend, None
            return Private(friend, line)
        word, _, rest = line.partition(" ")
        match word:
            case "ADD":
                return Add(rest)
            case "MESSAGE":
                return Message(rest)
            case "PRIVATE":
                self._friend = rest
                return None
            case "QUIT":
                return Quit()
        return Unknown(line) if line else None


class ServerMessages:
    """What a server sends, read piece by piece. An empty line between two messages is nothing."""

    def __init__(self) -> None:
        self._buffer = LineBuffer()
        self._two_lines: Callable[[str], FromServer] | None = None

    def feed(self, data: bytes) -> list[FromServer]:
        """The messages that `data` completes."""
        return [message for line in self._buffer.feed(data) if (message := self._read(_text(line))) is not None]

    def _read(self, line: str) -> FromServer | None:
        if self._two_lines is not None:
            make, self._two_lines = self._two_lines, None
            return make(line)
        word, _, rest = line.partition(" ")
        match word:
            case "NEW":
                return New(rest)
            case "MESSAGE":
                self._two_lines = lambda text: MessageFrom(rest, text)
                return None
            case "PRIVATE":
                self._two_lines = lambda text: PrivateFrom(rest, text)
                return None
            case "GOODBYE":
                return Goodbye()
            case "LEFT":
                return Left(rest)
        return Unknown(line) if line else None


@dataclass(frozen=True)
class Letter:
    """What a server has to send to one client, and whether that goes to all who are in the room, or to this client alone."""

    client: int
    data: bytes
    to_all: bool = False


class Room:
    """Who is in the room, and who hears what. Clients are numbers that the caller gives out.

    The caller sends the bytes, closes a connection after its Goodbye, and calls `leave` for one that just ended.
    """

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def handle(self, client: int, message: FromClient) -> list[Letter]:
        """Who is to be sent what because `client` sent `message`, in order. What makes no sense is ignored."""
        match message:
            case Add(name) if client not in self._names:
                self._names[client] = name
                return self._to_all(New(name).wire())
            case Message(text) if client in self._names:
                return self._to_all(MessageFrom(self._names[client], text).wire())
            case Private(friend, text) if client in self._names:
                data = PrivateFrom(self._names[client], text).wire()
                return [Letter(number, data) for number, name in self._names.items() if name == friend]
            case Quit():
                return [Letter(client, Goodbye().wire()), *self.leave(client)]
        return []

    def leave(self, client: int) -> list[Letter]:
        """The same when the connection of `client` has ended; a second call for it gives nothing."""
        name = self._names.pop(client, None)
        return [] if name is None else self._to_all(Left(name).wire())

    def _to_all(self, data: bytes) -> list[Letter]:
        return [Letter(number, data, to_all=True) for number in self._names]


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")
