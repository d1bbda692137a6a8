"""Playing a table of messages against a protocol: would our own server have this conversation? No notebook in here.

The clients' messages are given to the very code that our fake servers stand on (`grader.protocols`); what the table lets the
server say is compared with what that code answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from grader.notebooks.conversation import EVERYBODY, Message, plain_name
from grader.protocols import daytime
from grader.protocols.chat import Add, ClientMessages, FromClient, Letter, Quit, Room, Unknown
from grader.reports.text import quoted

_WORD = re.compile(r"\w")
_LINE_END = re.compile(r"\\\\n|\\n|<br */?>", re.IGNORECASE)
_RETURN = re.compile(r"\\\\r|\\r")
_QUOTES = re.compile(r"b?(['\"“‘«])(.*)['\"”’»]", re.DOTALL)
_NIST = re.compile(r"\d{5} \d\d-\d\d-\d\d \d\d:\d\d:\d\d \d\d \d \d \d+\.\d UTC\(NIST\) \*", re.ASCII)
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
    """The first words of what clients sent (`ADD` …), each once, in order."""
    joined: int = 0
    """How many clients came into a room."""
    stayed: tuple[str, ...] = ()
    """Who is still in the room at the end."""
    unended: tuple[int, ...] = ()
    """Numbers of the messages that do not end in a newline."""
    opened: bool = False
    """A client connected before anything was said."""
    closed: bool = False
    """The server closed after all was said."""


def play_daytime(messages: Sequence[Message], *, kindly: bool = False) -> Played:
    """Play a conversation with a daytime server (RFC 867) that speaks NIST's form. Raises NotAccepted.

    `kindly`: what it would not have is passed over, as long as the server says something.
    """
    said: list[Message] = []
    opened = closed = False
    for message in messages:
        _expect_one_server(message)
        action = _action(message)
        if action is None and _is_server(message.sender):
            said.append(message)
        elif action is None and not kindly:
            _refuse(message, "the client sends something; a daytime server wants nothing, it speaks as soon as somebody connects")
        elif action is None:
            continue
        elif _is_server(message.sender):
            closed = bool(said) and bool(_CLOSING.search(action))
        else:
            opened = opened or (not said and bool(_OPENING.search(action)))
    if not said:
        raise NotAccepted("the server sends no line")
    if not kindly:
        if len(said) > 1:
            _refuse(said[1], "a daytime server sends one line, in one message, and this is a second one")
        _expect_line_of_nist(said[0])
    return Played(opened=opened, closed=closed)


def play_chat(messages: Sequence[Message], *, kindly: bool = False) -> Played:
    """Play a conversation of several clients with the chat server. Raises NotAccepted, or passes over the message if `kindly`."""
    room = _PlayedRoom()
    for message in messages:
        try:
            room.play(message)
        except NotAccepted:
            if not kindly:
                raise
    unended = [one.number for one in messages if _action(one) is None and not _data(one).endswith(b"\n")]
    return Played(
        untold=tuple(room.untold()),
        kinds=tuple(dict.fromkeys(room.kinds)),
        joined=len(room.joined),
        stayed=tuple(room.stayed()),
        unended=tuple(unended),
    )


def _expect_line_of_nist(message: Message) -> None:
    line = " ".join(_data(message).decode().split())
    try:
        if not _NIST.fullmatch(line):
            raise ValueError("it has not the form MJD YY-MM-DD HH:MM:SS TT L H msADV UTC(NIST) *")
        daytime.parse_line(line)
    except ValueError as error:
        _refuse(message, f"NIST's server would not send {quoted(line)}: {error}")


@dataclass
class _Client:
    name: str
    number: int
    reads: ClientMessages = field(default_factory=ClientMessages)
    coming: list[Letter] = field(default_factory=list)
    """What the server has to say to it and has not said yet, message by message."""
    has_joined: bool = False
    has_quit: bool = False
    is_gone: bool = False


class _PlayedRoom:
    """The fake chat server's room, with a table in the place of the network."""

    def __init__(self) -> None:
        self._room = Room()
        self._clients: dict[str, _Client] = {}
        self._connections = 0
        self._joined_as: dict[str, str] = {}
        self._left_out: list[str] = []
        self.joined: set[str] = set()
        self.kinds: list[str] = []

    def play(self, message: Message) -> None:
        _expect_one_server(message)
        action = _action(message)
        if _is_server(message.receiver):
            client = self._clients.get(plain_name(message.sender)) or self._connect(message.sender)
            if action is None:
                self._hear(message, client)
            elif _CLOSING.search(action):
                self._leave(client)
            elif (client.has_quit or client.is_gone) and _OPENING.search(action):
                self._leave_out(client, len(client.coming))
                self._connect(message.sender)
        elif action is None:
            self._say(message)
        elif _CLOSING.search(action):
            for client in self._addressed(message):
                self._close(message, client)

    def untold(self) -> list[str]:
        for client in self._clients.values():
            self._leave_out(client, len(client.coming))
        return self._left_out

    def stayed(self) -> list[str]:
        return [one.name for one in self._clients.values() if one.has_joined and not (one.has_quit or one.is_gone)]

    def _connect(self, name: str) -> _Client:
        """A connection of its own, also for somebody who has left and comes back."""
        client = self._clients[plain_name(name)] = _Client(name, self._connections)
        self._connections += 1
        return client

    def _hear(self, message: Message, client: _Client) -> None:
        for one in client.reads.feed(_ended(_data(message))):
            self._understand(message, client, one)
            self.kinds.append(type(one).__name__.upper())
            if isinstance(one, Add):
                self._joined_as[plain_name(one.name)] = plain_name(message.sender)
                self.joined.add(plain_name(message.sender))
            client.has_joined = client.has_joined or isinstance(one, Add)
            client.has_quit = isinstance(one, Quit)
            self._deliver(self._room.handle(client.number, one))

    def _understand(self, message: Message, client: _Client, one: FromClient) -> None:
        if isinstance(one, Unknown):
            after = _data(message).startswith(b"MESSAGE ")
            why = "; behind MESSAGE comes the text alone, in one line: the server knows whose it is" if after else ""
            _refuse(message, f"the server does not know what {quoted(one.line)} means{why}")
        if client.has_quit or client.is_gone:
            _refuse(message, f"{message.sender} has left already")
        if isinstance(one, Add) and client.has_joined:
            _refuse(message, f"{message.sender} has joined already")
        if not client.has_joined and not isinstance(one, Add | Quit):
            _refuse(message, f"{message.sender} has not joined yet: the first message is ADD, with a name")
        if isinstance(one, Add) and not one.name.strip():
            _refuse(message, "ADD needs a name")

    def _say(self, message: Message) -> None:
        data = _ended(_data(message))
        for client in self._addressed(message, data):
            place = _place(client.coming, data)
            if place is not None:
                self._leave_out(client, place)
                client.coming = _without_beginning(client.coming, len(data))
            elif client.coming:
                _refuse(message, f"the server says {quoted(client.coming[0].data)} to {client.name} here, not {quoted(data)}")
            else:
                _refuse(message, f"the server has no reason to say {quoted(data)} to {client.name} here")

    def _leave_out(self, client: _Client, count: int) -> None:
        self._left_out += [f"{quoted(one.data)} to {client.name}" for one in client.coming[:count]]
        del client.coming[:count]

    def _addressed(self, message: Message, data: bytes = b"") -> list[_Client]:
        """The clients that a message of the server is for; `everyone` is everyone who is to hear what goes to all in the room."""
        if plain_name(message.receiver) in EVERYBODY:
            hear = [one for one in self._clients.values() if not one.is_gone and _place(one.coming, data) is not None]
            if not hear:
                _refuse(message, f"there is nobody to whom the server would say {quoted(data)} here")
            together = [one for one in hear if _is_to_all(one.coming, data)]
            if not together:
                _refuse(message, f"the server says {quoted(data)} to {hear[0].name} alone, not to {message.receiver}")
            return together
        found = []
        for name in message.receivers:
            client = self._clients.get(name) or self._clients.get(self._joined_as.get(name, ""))
            if client is None:
                _refuse(message, f"no client {name!r} has said anything to the server")
            found.append(client)
        return found

    def _close(self, message: Message, client: _Client) -> None:
        if not client.has_quit:
            _refuse(message, f"the server closes only when {client.name} has said QUIT")
        if client.coming:
            _refuse(message, f"before that the server says {quoted(client.coming[0].data)} to {client.name}")
        client.is_gone = True

    def _leave(self, client: _Client) -> None:
        client.is_gone = True
        client.coming.clear()
        self._deliver(self._room.leave(client.number))

    def _deliver(self, letters: Sequence[Letter]) -> None:
        clients = {client.number: client for client in self._clients.values()}
        for letter in letters:
            if not clients[letter.client].is_gone:
                clients[letter.client].coming.append(letter)


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
    text = message.text
    first, last = _WORD.search(text), _WORD.search(text[::-1])
    closing = text.rfind(")", len(text) - last.start() if last else 0)
    opening = text.rfind("(", 0, min(first.start(), closing) if first else closing) if closing > 0 else -1
    return text[opening + 1 : closing] if opening >= 0 else None


def _data(message: Message) -> bytes:
    """The bytes of a message: `\\n` in the table is a newline; quotation marks around it all are not sent."""
    text = message.text
    if quotes := _QUOTES.fullmatch(text):
        text = quotes[2]
    return _RETURN.sub("\r", _LINE_END.sub("\n", text)).encode("utf-8", "replace")


def _ended(data: bytes) -> bytes:
    return data if data.endswith(b"\n") else data + b"\n"


def _place(coming: Sequence[Letter], data: bytes) -> int | None:
    """The first of the letters in `coming` from which on they begin with `data`; None if there is none."""
    if not data:
        return 0
    return next((place for place in range(len(coming)) if _begins(coming, place, data)), None)


def _is_to_all(coming: Sequence[Letter], data: bytes) -> bool:
    """Whether every letter of `coming` that is said by `data` goes to all."""
    done = 0
    for letter in coming[_place(coming, data) or 0 :]:
        if done < len(data) and not letter.to_all:
            return False
        done += len(letter.data)
    return True


def _begins(coming: Sequence[Letter], place: int, data: bytes) -> bool:
    """Whether the letters from `place` on begin with `data`, joined."""
    done = 0
    while done < len(data) and place < len(coming):
        part = data[done : done + len(coming[place].data)]
        if not coming[place].data.startswith(part):
            return False
        done, place = done + len(part), place + 1
    return done == len(data)


def _without_beginning(coming: Sequence[Letter], count: int) -> list[Letter]:
    """`coming` without its first `count` bytes: a message of two lines may be said in two."""
    rest = list(coming)
    while count > 0:
        first = rest.pop(0)
        if count < len(first.data):
            rest.insert(0, replace(first, data=first.data[count:]))
        count -= len(first.data)
    return rest


def _refuse(message: Message, why: str) -> NoReturn:
    raise NotAccepted(f"{message}: {why}")
