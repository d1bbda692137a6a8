"""The student's chat server with its scripted clients: what they do, and who must be told of it in which words.

A program whose words are wrong loses the points for the words. Where a check asks for something else (pieces, order, a client
that is gone or does not read), such a program is compared with itself: with what it says when one thing happens after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from grader.checks import Mismatch, Missing, Peer, Program, Reset, SplitAt, Stuck, StudentFault, TimedOut

from .lines import GOODBYE, left, message, names, new, private, short, words

SERVER, PORT = "chat_server.py", 9000
MOMENT = 0.01  # seconds
MOST_WORDS = 10_000  # bytes that a server may need to tell one client of one event
Connect = Callable[..., Peer]


@dataclass(frozen=True)
class Event:
    """What a client does, by the word that it sends: ADD, MESSAGE, PRIVATE or QUIT."""

    word: str
    name: str
    text: str = ""
    friend: str = ""

    def role(self, name: str) -> str:
        """Who the member of that name is in it."""
        return "sender" if name == self.name else "friend" if name == self.friend else "other"


class Words:
    """What a server tells whom. Somebody's name and text stand in it as NAME and TEXT."""

    NAME, TEXT = "\0name", "\0text"

    def __init__(self, told: Mapping[tuple[str, str], str]) -> None:
        """`told`: by the word that a client sent, and the role of who is told."""
        self.told = dict(told)

    @classmethod
    def without(cls, event: Event, told: str) -> str:
        """What was told, with NAME and TEXT in the place of this event's."""
        told = told.replace(event.text, cls.TEXT) if event.text else told
        return told.replace(event.name, cls.NAME)

    def of(self, event: Event, name: str) -> str:
        """What the member of that name is told."""
        told = self.told.get((event.word, event.role(name)), "")
        return told.replace(self.NAME, event.name).replace(self.TEXT, event.text)

    def about(self, word: str) -> dict[str, str]:
        """What that word of a client leads to, by role."""
        return {role: told for (about, role), told in self.told.items() if about == word}

    def tell(self, word: str) -> bool:
        """Whether somebody else is told who did it; of MESSAGE, what was said."""
        return (self.TEXT if word == "MESSAGE" else self.NAME) in self.about(word).get("other", "")


PROTOCOL = Words(
    {
        ("ADD", "sender"): new(Words.NAME),
        ("ADD", "other"): new(Words.NAME),
        ("MESSAGE", "sender"): message(Words.NAME, Words.TEXT),
        ("MESSAGE", "other"): message(Words.NAME, Words.TEXT),
        ("PRIVATE", "friend"): private(Words.NAME, Words.TEXT),
        ("QUIT", "sender"): GOODBYE,
        ("QUIT", "other"): left(Words.NAME),
    }
)


# the server and its clients


class Member:
    """A scripted client, and what the server tells it. An empty line between two messages is nothing."""

    def __init__(self, room: Room, name: str, **options: bool) -> None:
        self.name = name
        self.peer = room.connect(PORT, name, **options)
        self.passed_over = {b""}
        self._room = room

    def send(self, text: str, faults: Sequence[SplitAt | Reset] = ()) -> None:
        self._room.did = f"{self.name} sent '{short(text)}'"
        self.peer.send(text.encode(), faults)

    def says(self, text: str) -> Event:
        """Send `text` to all; return what they should hear of."""
        self.send(f"MESSAGE {text}\n")
        return Event("MESSAGE", self.name, text)

    def hears(self, *events: Event) -> None:
        """The next messages must tell of these events, in this order, if this member is to be told."""
        for wanted in filter(None, (self._room.words.of(event, self.name) for event in events)):
            self._expect(self._next(wanted), wanted)

    def hears_in_any_order(self, events: Sequence[Event]) -> None:
        missing = [wanted for event in events if (wanted := self._room.words.of(event, self.name))]
        while missing:
            got = self._next(*missing)
            self._expect(got, got if got in missing else missing[0])
            missing.remove(got)

    def hears_goodbye(self) -> None:
        self.hears(Event("QUIT", self.name))
        rest = self.peer.receive_all(did=self._room.did)
        if rest.strip(b"\n"):
            raise Mismatch(f"after that it sent '{short(rest)}'", did=self._room.did, expected="GOODBYE is the last message")

    def rests(self) -> None:
        """Give the server a moment, in which nothing more may come."""
        before = len(self.peer.received)
        with suppress(Missing, TimedOut, Stuck):
            self.peer.wait_until(lambda received: received[before:].strip(b"\n") != b"", "nothing comes", MOMENT)

    def _next(self, *wanted: str) -> str:
        """The next message, whatever it is; `wanted` are those that may come."""
        try:
            came = self._next_message() if self._room.words is PROTOCOL else self._next_bytes([text.encode() for text in wanted])
        except (Missing, TimedOut, Stuck) as fault:
            fault.expected = self._gets(wanted[0])
            raise
        return came.decode("utf-8", "backslashreplace")

    def _next_message(self) -> bytes:
        did = self._room.did
        line = self.peer.receive_line(did=did)
        while line in self.passed_over:
            line = self.peer.receive_line(did=did)
        if line.startswith((b"MESSAGE ", b"PRIVATE ")):
            line += b"\n" + self.peer.receive_line(did=did)
        return line + b"\n"

    def _next_bytes(self, wanted: Sequence[bytes]) -> bytes:
        """The next message of a server with other words, who knows where they end: one of `wanted`, or as many bytes."""
        came = b""
        while came not in wanted and any(len(came) < len(one) for one in wanted):
            more = min(len(one) for one in wanted if len(one) > len(came)) - len(came)
            came += self.peer.receive(more, did=self._room.did)
            for other in self.passed_over - {b""}:
                came = came.removeprefix(other + b"\n")
        return came

    def _gets(self, text: str) -> str:
        usual = "" if self._room.words is PROTOCOL else ", in your server's own words"
        return f"{self.name} gets '{short(text)}'{usual}"

    def _expect(self, got: str, wanted: str) -> None:
        if got != wanted:
            raise Mismatch(
                f"{self.name} got '{short(got)}'",
                did=self._room.did,
                expected=self._gets(wanted),
                expected_bytes=wanted.encode(),
                actual_bytes=got.encode(),
            )


class Room:
    """The student's running server, the words that it should use, and everybody who has joined."""

    def __init__(self, server: Program, connect: Connect, rng: Random, words: Words) -> None:
        self.server = server
        self.connect = connect
        self.rng = rng
        self.words = words
        self.members: list[Member] = []
        self.did = "We started your server"

    def rests(self) -> None:
        """Called before somebody comes or goes.

        Who has heard a message may be quicker than the server, which still walks through the room to send it. A room that
        changes at that moment is a trap for a server without a lock, and it would snap at random.
        """
        if self.members:
            self.members[-1].rests()

    def join(self, name: str) -> Member:
        """A new client joins, and everybody is told."""
        self.rests()
        member = Member(self, name)
        self.members.append(member)
        member.send(f"ADD {name}\n")
        self.all_hear(Event("ADD", name))
        if not self.words.tell("ADD"):  # then a message tells when the server is so far
            self.all_hear(member.says(name))
        return member

    def goes_on(self, member: Member, after: str = "") -> None:
        """Something happens, and everybody must be told: `member` says something, or somebody joins if that does not work."""
        if not self.words.tell("MESSAGE"):
            self.join(*names(self.rng, 1))
            return
        event = member.says(words(self.rng))
        self.did = after + self.did
        self.all_hear(event)

    def all_hear(self, *events: Event) -> None:
        for member in self.members:
            member.hears(*events)


def open_room(student, connect: Connect, rng: Random, words: Words = PROTOCOL, **limits: int) -> Room:
    server = student.start(SERVER, **limits)
    server.wait_until_listening(PORT)
    return Room(server, connect, rng, words)


# a server with other words is compared with itself


def compare_with_itself(
    student, connect: Connect, rng: Random, ask: Callable[[Room], None], exact="", told="", **limits: int
) -> None:
    """Open a room and `ask` for the words of the protocol; ask a server with other words for those that it uses otherwise.

    What the client's word `exact` leads to must be the protocol's all the same. Somebody must be told of the word `told`.
    """
    room = open_room(student, connect, rng, **limits)
    try:
        ask(room)
    except StudentFault:
        room.server.kill()
        usual = usual_words(student, connect, rng)
        tells = usual.tell(told) if told else usual.tell("ADD") or usual.tell("MESSAGE")
        if not tells or usual.told == PROTOCOL.told or usual.about(exact) != PROTOCOL.about(exact):
            raise
    else:
        return
    ask(open_room(student, connect, rng, usual, **limits))


def usual_words(student, connect: Connect, rng: Random) -> Words:
    """What a fresh server tells three members, who do one thing after the other; nothing if it does not get so far."""
    told: dict[tuple[str, str], str] = {}
    text = words(rng)
    with suppress(StudentFault):
        room = open_room(student, connect, rng)
        try:
            first, friend, sender = names(rng, 3)
            for name in (first, friend, sender):
                room.members.append(Member(room, name))
                told.update(observe(room, Event("ADD", name), f"ADD {name}\n"))
            told.update(observe(room, Event("MESSAGE", sender, text), f"MESSAGE {text}\n"))
            told.update(observe(room, Event("PRIVATE", sender, text, friend), f"PRIVATE {friend}\n{text}\n"))
            told.update(observe(room, Event("QUIT", sender), "QUIT\n"))
        finally:
            room.server.kill()
        return Words({key: text for key, text in told.items() if text})
    return Words({})


def observe(room: Room, event: Event, line: str) -> dict[tuple[str, str], str]:
    """Let the last member send `line`, and return what each one is told, by role. Raises Mismatch when that is far too much."""
    before = {member: member.peer.received_size for member in room.members}

    def is_flooded(member: Member) -> bool:
        return member.peer.received_size - before[member] > MOST_WORDS

    def came(member: Member) -> str:
        return member.peer.received[before[member] :].decode("utf-8", "backslashreplace")

    def has_heard(member: Member) -> bool:
        return is_flooded(member) or (event.text in came(member) and came(member).endswith("\n"))

    room.members[-1].send(line)
    room.members[0].peer.wait_quietly(lambda: all(map(has_heard, room.members)), within=1)  # in vain for who is told nothing
    if any(map(is_flooded, room.members)):
        raise Mismatch("the server sent more and more", did=room.did)
    return {(event.word, event.role(member.name)): Words.without(event, came(member)) for member in room.members}
