"""Playing a table of messages against the rules of a protocol: would our own server have this conversation? No notebook in here.

The client's messages are given to the very code that our fake servers stand on (`grader.protocols`); what the table lets the server
say is compared with what that code answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from grader.conversation import EVERYBODY, Message, plain_name
from grader.protocols import daytime
from grader.protocols.chat import Add, ClientMessages, FromClient, Left, Private, Quit, Room, ServerMessages, Unknown
from grader.reports.text import quoted

_ACTION = re.compile(r"\W*\((.*)\)\W*")
_LINE_END = re.compile(r"\\\\n|\\n|<br */?>", re.IGNORECASE)
_RETURN = re.compile(r"\\\\r|\\r")
_QUOTES = re.compile(r"b?(['\"“‘«])(.*)['\"”’»]", re.DOTALL)
_OPENING = re.compile(r"\b(connect|open|call|dial|join)", re.IGNORECASE)
_CLOSING = re.compile(r"\b(disconnect|clos|leav|hang|end|quit|break)", re.IGNORECASE)


class NotAccepted(ValueError):
    """The server would not have this conversation. `str(error)` is one sentence without a closing full stop."""


@dataclass(frozen=True)
class Played:
    """What came of a conversation that the server has accepted."""

    untold: tuple[str, ...] = ()
    """What the server says according to the protocol, and does not say in the table, as phrases."""
    kinds: tuple[str, ...] = ()
    """First words of the messages that clients sent, each once, in order."""
    unended: tuple[int, ...] = ()
    """Numbers of the messages that do not end in a newline."""
    opened: bool = False
    """A client connected before anything was said."""
    closed: bool = False
    """The server closed after all was said."""


def play_daytime(messages: Sequence[Message]) -> Played:
    """Play a conversation with a daytime server (RFC 867) that speaks NIST's form. Raises NotAccepted."""
    said: list[Message] = []
    opened = closed = False
    for message in messages:
        _expect_one_server(message)
        action = _action(message)
        if action is None and _is_server(message.sender):
            said.append(message)
        elif action is None:
            _refuse(message, "the client sends something; a daytime server wants nothing, it speaks as soon as somebody connects")
        elif _is_server(message.sender):
            closed = bool(said) and bool(_CLOSING.search(action))
        else:
            opened = opened or (not said and bool(_OPENING.search(action)))
    if not said:
        raise NotAccepted("the server sends no line")
    if len(said) > 1:
        _refuse(said[1], "a daytime server sends one line, in one message, and this is a second one")
    _expect_line_of_nist(said[0])
    unended = () if _data(said[0]).endswith(b"\n") else (said[0].number,)
    return Played(unended=unended, opened=opened, closed=closed)


def play_chat(messages: Sequence[Message]) -> Played:
    """Play a conversation of several clients with the chat server. Raises NotAccepted."""
    room = _PlayedRoom()
    for message in messages:
        room.play(message)
    unended = [one.number for one in messages if _action(one) is None and not _data(one).endswith(b"\n")]
    return Played(tuple(room.untold()), tuple(dict.fromkeys(room.kinds)), tuple(unended))


def _expect_line_of_nist(message: Message) -> None:
    line = " ".join(_data(message).decode().split())
    try:
        parsed = daytime.parse_line(line)
    except ValueError as error:
        why = str(error) if line.count(" ") == 8 else "it has not the nine fields of the form"
        _refuse(message, f"NIST's server would not send {quoted(line)}: {why}")
    again = daytime.format_line(
        parsed.moment, ms_advance=parsed.ms_advance, health=parsed.health, leap=parsed.leap, dst=parsed.dst
    )
    if line != " ".join(again.split()):
        _refuse(message, f"for that moment NIST's server would send {quoted(' '.join(again.split()))}, not {quoted(line)}")


@dataclass
class _Client:
    number: int
    reads: ClientMessages = field(default_factory=ClientMessages)
    coming: bytes = b""
    """What the server has to say to it and has not said yet."""
    has_joined: bool = False
    has_quit: bool = False
    is_gone: bool = False


class _PlayedRoom:
    """The fake chat server's room, with a table in the place of the network."""

    def __init__(self) -> None:
        self._room = Room()
        self._clients: dict[str, _Client] = {}
        self._joined_as: dict[str, str] = {}
        self.kinds: list[str] = []

    def play(self, message: Message) -> None:
        _expect_one_server(message)
        action = _action(message)
        if _is_server(message.receiver):
            client = self._clients.setdefault(plain_name(message.sender), _Client(len(self._clients)))
            if client.is_gone:
                _refuse(message, f"{message.sender} has left already")
            if action is None:
                self._hear(message, client)
            elif _CLOSING.search(action):
                self._leave(client)
        elif action is None:
            self._say(message)
        elif _CLOSING.search(action):
            for name, client in self._addressed(message):
                self._close(message, name, client)

    def untold(self) -> list[str]:
        return [f"{_first(client.coming)} to {name}" for name, client in self._clients.items() if client.coming]

    def _hear(self, message: Message, client: _Client) -> None:
        for one in client.reads.feed(_ended(_data(message))):
            self._understand(message, client, one)
            self.kinds.append(type(one).__name__.upper())
            if isinstance(one, Add):
                self._joined_as[plain_name(one.name)] = plain_name(message.sender)
            client.has_joined = client.has_joined or isinstance(one, Add)
            client.has_quit = isinstance(one, Quit)
            self._deliver(self._room.handle(client.number, one))

    def _understand(self, message: Message, client: _Client, one: FromClient) -> None:
        if isinstance(one, Unknown):
            _refuse(message, f"the server does not know what {quoted(one.line)} means")
        if client.has_quit:
            _refuse(message, f"{message.sender} has said QUIT already")
        if isinstance(one, Add) and client.has_joined:
            _refuse(message, f"{message.sender} has joined already")
        if not client.has_joined and not isinstance(one, Add | Quit):
            _refuse(message, f"{message.sender} has not joined yet: the first message is ADD, with a name")
        if isinstance(one, Add) and not one.name.strip():
            _refuse(message, "ADD needs a name")

    def _say(self, message: Message) -> None:
        data = _ended(_data(message))
        for name, client in self._addressed(message, data):
            if client.coming.startswith(data):
                client.coming = client.coming[len(data) :]
            elif client.coming:
                _refuse(message, f"the server says {_first(client.coming)} to {name} here, not {quoted(data)}")
            else:
                _refuse(message, f"the server has no reason to say {quoted(data)} to {name} here")

    def _addressed(self, message: Message, data: bytes = b"") -> list[tuple[str, _Client]]:
        """The clients that a message of the server is for; `everyone` is everyone who is to hear just that."""
        if plain_name(message.receiver) in EVERYBODY:
            found = [(name, one) for name, one in self._clients.items() if not one.is_gone and one.coming.startswith(data)]
            if not found:
                _refuse(message, f"there is nobody to whom the server would say {quoted(data)} here")
            return found
        names = [plain_name(name) for name in message.receivers]
        for name in names:
            if name not in self._clients and name not in self._joined_as:
                _refuse(message, f"there is no client {name!r}")
        own = [name if name in self._clients else self._joined_as[name] for name in names]
        return [(name, self._clients[name]) for name in own]

    def _close(self, message: Message, name: str, client: _Client) -> None:
        if not client.has_quit:
            _refuse(message, f"the server closes only when {name} has said QUIT")
        if client.coming:
            _refuse(message, f"before that the server says {_first(client.coming)} to {name}")
        client.is_gone = True

    def _leave(self, client: _Client) -> None:
        client.is_gone, client.coming = True, b""
        self._deliver(self._room.leave(client.number))

    def _deliver(self, letters: Sequence[tuple[int, bytes]]) -> None:
        clients = {client.number: client for client in self._clients.values()}
        for number, data in letters:
            if not clients[number].is_gone:
                clients[number].coming += data


def _expect_one_server(message: Message) -> None:
    servers = [_is_server(message.sender), _is_server(message.receiver)]
    if not any(servers):
        _refuse(message, "everything goes to the server or comes from it; call it `server` in the table")
    if all(servers):
        _refuse(message, "the server does not speak to itself")


def _is_server(name: str) -> bool:
    return bool(re.search(r"server|\bnist\b", plain_name(name)))


def _action(message: Message) -> str | None:
    """What a message in parentheses does, `(connects)`; None for one of bytes."""
    found = _ACTION.fullmatch(message.text)
    return found[1] if found else None


def _data(message: Message) -> bytes:
    """The bytes of a message: `\\n` in the table is a newline; quotation marks around it all are not sent."""
    text = message.text
    if quotes := _QUOTES.fullmatch(text):
        text = quotes[2]
    return _RETURN.sub("\r", _LINE_END.sub("\n", text)).encode("utf-8", "surrogateescape")


def _ended(data: bytes) -> bytes:
    return data if data.endswith(b"\n") else data + b"\n"


def _first(coming: bytes) -> str:
    """The first message of the server in `coming`, in quotes."""
    return quoted(ServerMessages().feed(coming)[0].wire())


def _refuse(message: Message, why: str) -> NoReturn:
    raise NotAccepted(f"{message}: {why}")
