"""The checks of the assignment chat: the server with scripted clients, the client with a fake server, then all together.

A program whose words are wrong loses the points for the words. Where a check asks for something else (pieces, order, a client
that is gone or does not read), such a program is compared with itself: with what it says when one thing happens after the other.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import Random

from grader.checks import (
    Mismatch,
    Missing,
    Peer,
    Program,
    Reset,
    SplitAt,
    Stuck,
    StudentFault,
    TimedOut,
    check,
    try_every_split,
    visible,
)

SERVER, CLIENT, PORT = "chat_server.py", "chat_client.py", 9000
GOODBYE = "GOODBYE\n"
LEFT = "We typed 'quit', and the server sent GOODBYE and closed the connection"
MOMENT = 0.01  # seconds
BURST = 32  # messages that are sent without waiting
MOST_WORDS = 10_000  # bytes that a server may need to tell one client of one event
ODD_CHARACTERS = "\r\u2028\x0b\x85"  # str.splitlines() ends a line at each of them; the protocol does not
Connect = Callable[..., Peer]


# random data, and the protocol


def words(rng: Random, count: int = 3) -> str:
    """A text nobody can guess, of words with one blank between them."""
    letters = string.ascii_letters + string.digits
    return " ".join("".join(rng.choices(letters, k=rng.randint(4, 8))) for _ in range(count))


def odd_text(rng: Random) -> str:
    """Text with characters in it that look like line ends and are none."""
    return "".join(words(rng, 1) + odd for odd in rng.sample(ODD_CHARACTERS, k=4)) + words(rng, 1)


def names(rng: Random, count: int, letters: str = string.ascii_lowercase) -> list[str]:
    """Different names."""
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(rng.choices(letters, k=rng.randint(5, 9))).capitalize())
    return rng.sample(sorted(found), k=count)


def new(name: str) -> str:
    return f"NEW {name}\n"


def left(name: str) -> str:
    return f"LEFT {name}\n"


def message(sender: str, text: str) -> str:
    return f"MESSAGE {sender}\n{text}\n"


def private(sender: str, text: str) -> str:
    return f"PRIVATE {sender}\n{text}\n"


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


def short(text: str | bytes) -> str:
    return visible(text if len(text) <= 200 else text[:200]) + ("…" if len(text) > 200 else "")


# the student's server and its scripted clients


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


@check(
    hint="After ADD name, send NEW name to every member of the room, the new one included. Serve all clients at the same time."
)
def test_server_announces_a_new_member(student, connect: Connect, rng: Random):
    """The server tells everybody who has joined"""
    room = open_room(student, connect, rng)
    for name in names(rng, 3):
        room.join(name)


@check(
    hint="A MESSAGE goes to everyone who has joined, the sender included: the sender's name on one line, the text on the next.",
)
def test_server_sends_a_message_to_everyone(student, connect: Connect, rng: Random):
    """The server sends a message to everyone, the sender included"""

    def ask(room: Room) -> None:
        ann, bob, _ = (room.join(name) for name in names(rng, 3))
        for member in (ann, bob, ann):
            room.all_hear(member.says(words(rng)))

    compare_with_itself(student, connect, rng, ask, exact="MESSAGE")


@check(
    hint="Look up the friend's connection by name and send PRIVATE to that connection alone.",
)
def test_server_sends_a_private_message_to_the_friend_alone(student, connect: Connect, rng: Random):
    """The server sends a private message to the friend and to nobody else"""

    def ask(room: Room) -> None:
        ann, bob, _ = (room.join(name) for name in names(rng, 3))
        secret = words(rng)
        ann.send(f"PRIVATE {bob.name}\n{secret}\n")
        room.all_hear(Event("PRIVATE", ann.name, secret, bob.name))
        room.goes_on(ann)

    compare_with_itself(student, connect, rng, ask, exact="PRIVATE")


@check(
    hint="Nobody has that name: send nothing to anybody, and go on. A look-up in a dict may need `in` or get().",
)
def test_server_ignores_a_private_message_to_a_stranger(student, connect: Connect, rng: Random):
    """The server ignores a private message to somebody who is not in the room"""

    def ask(room: Room) -> None:
        *inside, stranger = names(rng, 3)
        ann, _ = (room.join(name) for name in inside)
        ignored, text = f"PRIVATE {stranger}\n{words(rng)}\n", words(rng)
        ann.send(f"{ignored}MESSAGE {text}\n", [SplitAt([len(ignored)])])  # the server reads one, then gets the other
        room.all_hear(Event("MESSAGE", ann.name, text))

    compare_with_itself(student, connect, rng, ask, told="MESSAGE")


@check(
    hint="Answer QUIT with GOODBYE, close that connection, and send LEFT name to those who are still in the room.",
)
def test_server_says_goodbye(student, connect: Connect, rng: Random):
    """The server answers QUIT with GOODBYE, closes the connection and tells the others"""

    def ask(room: Room) -> None:
        ann, bob, _ = (room.join(name) for name in names(rng, 3))
        room.rests()
        room.members.remove(bob)
        bob.send("QUIT\n")
        bob.hears_goodbye()
        room.all_hear(Event("QUIT", bob.name))
        room.goes_on(ann)

    compare_with_itself(student, connect, rng, ask, exact="QUIT")


@check(
    hint="recv() returns b'' when a client has gone without QUIT. Take it out of the room and tell the others LEFT name.",
)
def test_server_tells_the_others_who_disconnected(student, connect: Connect, rng: Random):
    """The server tells the others when somebody just disconnects"""

    def ask(room: Room) -> None:
        ann, bob, _ = (room.join(name) for name in names(rng, 3))
        room.rests()
        room.members.remove(bob)
        bob.peer.close()
        room.did = f"{bob.name} closed the connection without QUIT"
        room.all_hear(Event("QUIT", bob.name))
        room.goes_on(ann)

    compare_with_itself(student, connect, rng, ask, told="QUIT")


@check(
    needs=["server_tells_the_others_who_disconnected"],
    hint="recv() raises ConnectionResetError when a client breaks off. That is a way to leave, too: catch it, take the client "
    "out of the room and tell the others LEFT name. Half a message is no message.",
)
def test_server_tells_the_others_who_broke_off(student, connect: Connect, rng: Random):
    """The server tells the others when somebody breaks the connection off in the middle of a message"""

    def ask(room: Room) -> None:
        ann, bob, _ = (room.join(name) for name in names(rng, 3))
        room.rests()
        room.members.remove(bob)
        half = "MESSAGE"[: rng.randint(2, 6)]
        bob.send(half, [Reset(len(half))])
        room.did = f"{bob.name} sent '{half}' and broke the connection off"
        room.all_hear(Event("QUIT", bob.name))
        room.goes_on(ann)

    compare_with_itself(student, connect, rng, ask, told="QUIT")


@check(
    hint="Who has not sent ADD is not in the room: there is no name to take out of it, and nobody to be told of.",
)
def test_server_survives_quit_before_add(student, connect: Connect, rng: Random):
    """A client that quits or leaves before it has joined harms nobody"""

    def ask(room: Room) -> None:
        *inside, late = names(rng, 3)
        ann, _ = (room.join(name) for name in inside)
        Member(room, "a visitor").peer.close()
        visitor = Member(room, "another visitor")
        room.goes_on(ann)
        visitor.send("QUIT\n")
        heard = visitor.peer.receive_all(did=room.did)
        goodbye = room.words.told.get(("QUIT", "sender"), "").encode()
        if heard.strip(b"\n") not in (goodbye.strip(b"\n"), b""):
            raise Mismatch(
                f"{visitor.name} got '{short(heard)}'", did=f"{room.did} without ADD", expected="GOODBYE and nothing else"
            )
        room.goes_on(ann)
        room.join(late)

    compare_with_itself(student, connect, rng, ask)


@check(
    hint="Whatever one client sends, only that client may suffer: catch the UnicodeDecodeError of bytes that are no UTF-8, "
    "and pass over a line that you do not understand.",
)
def test_server_survives_nonsense(student, connect: Connect, rng: Random):
    """A client that has not joined and sends nonsense harms nobody: no UTF-8, no command, a line without an end"""

    def ask(room: Room) -> None:
        *inside, late = names(rng, 3)
        ann, _ = (room.join(name) for name in inside)
        for what, data in (
            ("bytes that are no UTF-8", b"\xff\xfe\xe4 \xf6\n"),
            ("an empty line", b"\n"),
            ("a word that is no command", words(rng, 1).upper().encode() + b"\n"),
            ("100 kB without a newline", words(rng, 1).encode() * 25_000),
        ):
            visitor = Member(room, "a visitor").peer
            visitor.send(data)
            visitor.half_close()
            visitor.wait_quietly(lambda visitor=visitor: visitor.closed_by_server, within=1)  # so that all of it has been read
            visitor.close()
            room.goes_on(ann, f"A visitor sent {what} and left; then ")
        room.join(late)

    compare_with_itself(student, connect, rng, ask)


@check(
    hint="Every message must reach everybody exactly once. Two threads that use the room at the same time need a Lock.",
)
def test_server_keeps_everybodys_messages_in_order(student, connect: Connect, rng: Random):
    """The server loses, doubles and swaps nothing when everybody talks at the same time"""

    def ask(room: Room) -> None:
        talkers = [room.join(name) for name in names(rng, 4)]
        for _ in range(15):
            rng.shuffle(talkers)
            wanted = [member.says(words(rng)) for member in talkers]
            room.did = "Everybody sent a message at the same time"
            for member in talkers:
                member.hears_in_any_order(wanted)

    compare_with_itself(student, connect, rng, ask, told="MESSAGE")


@check(
    hint="One recv() may bring several messages. Keep what came in a buffer and take it line by line.",
)
def test_server_reads_several_messages_in_one_segment(student, connect: Connect, rng: Random):
    """The server reads several messages that arrive at once"""

    def ask(room: Room) -> None:
        ann_name, bob_name = names(rng, 2)
        ann, bob = room.join(ann_name), Member(room, bob_name)
        room.rests()
        texts = [words(rng) for _ in range(4)]
        bob.send(f"ADD {bob_name}\n" + "".join(f"MESSAGE {text}\n" for text in texts))
        for member in (ann, bob):
            member.hears(Event("ADD", bob_name), *(Event("MESSAGE", bob_name, text) for text in texts))

    compare_with_itself(student, connect, rng, ask, told="MESSAGE")


@check(
    hint="One recv() may bring a part of a line, even a part of a letter, or several lines. Collect bytes, take out one line "
    "after the other up to its b'\\n', then decode that line.",
)
def test_server_reads_a_message_in_many_segments(student, connect: Connect, rng: Random):
    """The server reads messages that arrive glued or in pieces, byte by byte at the worst"""

    def ask(room: Room) -> None:
        ann_name, bob_name = names(rng, 2, string.ascii_lowercase + "äöüéñ")
        ann, bob = room.join(ann_name), Member(room, bob_name)
        bob.send(f"ADD {bob_name}\n")
        for member in (ann, bob):
            member.hears(Event("ADD", bob_name))
        secret, text, long = words(rng) + " Grüße", words(rng) + " über ½ €", "".join(rng.choices(string.ascii_letters, k=2100))

        def deliver(faults, sent, events):
            room.rests()
            bob.send("".join(sent), faults)
            for member in (ann, bob):
                member.hears(*events)

        for sent, events in (
            (
                [f"PRIVATE {ann_name}\n{secret}\n", f"MESSAGE {text}\n", f"MESSAGE {text[::-1]}\n"],
                [
                    Event("PRIVATE", bob_name, secret, ann_name),
                    Event("MESSAGE", bob_name, text),
                    Event("MESSAGE", bob_name, text[::-1]),
                ],
            ),
            ([f"MESSAGE {long}\n"], [Event("MESSAGE", bob_name, long)]),
        ):
            data = [text.encode() for text in sent]
            try_every_split(data, partial(deliver, sent=sent, events=events))

    compare_with_itself(student, connect, rng, ask, told="MESSAGE")


@check(
    hint="Split the bytes at b'\\n'. str.splitlines() and a text file over the socket end lines at other characters, too.",
)
def test_server_ends_a_line_at_lf_only(student, connect: Connect, rng: Random):
    """The server passes on text with CR and U+2028 in it unchanged"""

    def ask(room: Room) -> None:
        ann, _ = (room.join(name) for name in names(rng, 2))
        room.all_hear(ann.says(odd_text(rng)))
        room.all_hear(ann.says(words(rng)))

    compare_with_itself(student, connect, rng, ask, told="MESSAGE")


@check(
    hint="The LF of an incoming line belongs to the line: take it off before you put your own LF at the end.",
)
def test_server_follows_the_protocol_to_the_byte(student, connect: Connect, rng: Random):
    """The server sends exactly the bytes of the protocol"""
    room = open_room(student, connect, rng)
    ann, bob = (Member(room, name) for name in names(rng, 2))
    text, secret = words(rng), words(rng)
    steps = [
        (ann, f"ADD {ann.name}\n", new(ann.name), ""),
        (bob, f"ADD {bob.name}\n", new(bob.name), new(bob.name)),
        (ann, f"MESSAGE {text}\n", message(ann.name, text), message(ann.name, text)),
        (bob, f"PRIVATE {ann.name}\n{secret}\n", private(bob.name, secret), ""),
        (bob, "QUIT\n", left(bob.name), GOODBYE),
        (ann, "QUIT\n", GOODBYE, ""),
    ]
    for sender, line, to_ann, to_bob in steps:
        ann.rests()
        sender.send(line)
        for member, wanted in ((ann, to_ann.encode()), (bob, to_bob.encode())):
            got = member.peer.receive(len(wanted), did=room.did)
            if got != wanted:
                if member is bob:
                    expect_not_told_before(bob, got, new(ann.name))
                raise Mismatch(
                    f"{member.name} got '{visible(got)}'",
                    did=room.did,
                    expected=f"exactly '{visible(wanted)}' for {member.name}",
                    expected_bytes=wanted,
                    actual_bytes=got,
                )
    for member in (ann, bob):
        rest = member.peer.receive_all(did=room.did)
        if rest:
            raise Mismatch(f"{member.name} got '{visible(rest)}'", did=room.did, expected="nothing after GOODBYE")


def expect_not_told_before(visitor: Member, got: bytes, told: str) -> None:
    """Raise if what a client got is the news from before it had joined."""
    if told.encode().startswith(got) or got.startswith(told.encode()):
        raise Mismatch(
            f"{visitor.name} got '{short(told)}'",
            did=f"{visitor.name} connected, and somebody joined before {visitor.name} had sent ADD",
            expected=f"nothing for {visitor.name}, who is not in the room yet",
            hint="Tell only those who are in the room. Nobody is in it before ADD: keep who has joined, not who has connected.",
        )


@check(
    needs=["server_reads_several_messages_in_one_segment"],
    hint="sendall() waits when the other side does not read. Give every client a queue and a thread of its own that sends, "
    "or an event loop that keeps what a client has not taken yet.",
)
def test_server_lets_nobody_wait_for_a_stalled_client(student, connect: Connect, rng: Random):
    """The server goes on for all others when one client stops reading"""
    # A server that reads byte by byte is slow, not wrong, and it may print every line it gets: 8.5 MB.

    def ask(room: Room) -> None:
        *inside, sleeper_name = names(rng, 3)
        ann, bob = (room.join(name) for name in inside)
        sleeper = Member(room, sleeper_name, stalled=True)
        sleeper.send(f"ADD {sleeper_name}\n")
        room.all_hear(Event("ADD", sleeper_name))
        for member in (ann, bob):
            dropped = room.words.of(Event("QUIT", sleeper_name), member.name)  # to drop who does not read is right, too
            member.passed_over.add(dropped.encode().rstrip(b"\n"))
        block = "".join(rng.choices(string.ascii_letters, k=4000))
        texts = [f"{number} {block}" for number in range(2120)]  # 8.5 MB, more than the kernel keeps for one connection
        try:
            for start in range(0, len(texts) + BURST, BURST):
                ann.send("".join(f"MESSAGE {text}\n" for text in texts[start : start + BURST]))
                room.all_hear(*(Event("MESSAGE", ann.name, text) for text in texts[max(0, start - BURST) : start]))
        except (Missing, TimedOut, Stuck) as fault:
            fault.did = f"{sleeper_name} stopped reading, and {ann.name} sent {min(start + BURST, len(texts))} messages of 4 kB"
            fault.expected = f"{ann.name} and {bob.name} get every message all the same"
            raise
        room.all_hear(bob.says(words(rng)))

    compare_with_itself(student, connect, rng, ask, told="MESSAGE", cpu_seconds=60, output_bytes=32 * 1024 * 1024)


# the student's client and the fake server


class Terminal:
    """The student's client at a terminal, the fake server it talks to, and the user's name."""

    def __init__(self, program: Program, chat_server, name: str) -> None:
        self.program = program
        self.server = chat_server
        self.name = name
        self.did = f"We typed the name '{name}'"
        self._seen = 0
        self._printed = 0

    def types(self, line: str, pattern: str) -> None:
        """Type a line and wait until the server has got what `pattern` says, with or without LFs around it."""
        before = len(self.server.received)
        self.did = f"We typed '{visible(line)}'"
        wanted = re.compile(pattern.encode())
        self.program.send_line(line)
        try:
            self.server.wait_until(
                lambda received: bool(wanted.fullmatch(received[before:].strip(b"\n"))),
                expected=f"the client sends '{visible(pattern.replace(chr(92), '').replace('(?: )?', ''))}'",
            )
        except (Missing, TimedOut, Stuck) as fault:
            fault.did = self.did
            raise

    def gives_the_name(self) -> None:
        """Type the name, and wait until the server has got it, in whatever message, or the client waits for more to be typed."""
        name = self.name.encode()
        self.program.send_line(self.name)
        self.program.wait_until_it_reads(
            lambda: self.server.has_received(name), expected="the client sends the name, or reads what is typed", did=self.did
        )

    def is_told(self, *messages: str) -> None:
        """The server sends these messages, each in a segment of its own."""
        ends, data = [], b""
        for text in messages:
            data += text.encode()
            ends.append(len(data))
        self.did = f"The server sent '{visible(data)}'"
        self.server.send(data, faults=[SplitAt(ends)])

    def shows(self, *wanted: str) -> None:
        """What is announced with ==> from here on must become `wanted`."""
        last = wanted[-1]
        self.program.wait_until(lambda: last in self._announced(), expected=f"the program prints '{short(last)}'", did=self.did)
        announced = self._announced()
        if announced != list(wanted):
            raise Mismatch(
                f"the program printed '{short(' | '.join(announced))}'",
                did=self.did,
                expected=f"the program prints '{short(' | '.join(wanted))}'",
            )
        self._seen += len(announced)

    def rests(self) -> str:
        """Wait until the program can do nothing more before somebody types; return what it has printed since the last rest."""
        self.program.wait_until_it_reads(lambda: False, expected="the program waits for the keyboard", did=self.did)
        printed = self.printed()
        self._printed += len(printed)
        return printed

    def prints(self, wanted: str) -> None:
        """What the program prints next must be `wanted`, all of it, in whatever words."""
        expected = f"the program prints '{short(wanted)}', as for each message alone"
        self.program.wait_until(lambda: len(self.printed()) >= len(wanted), expected=expected, did=self.did)
        if not self.printed().startswith(wanted):
            raise Mismatch(f"the program printed '{short(self.printed())}'", did=self.did, expected=expected)
        self._printed += len(wanted)

    def printed(self) -> str:
        return self.program.output[self._printed :]

    def _announced(self) -> list[str]:
        """All new complete lines from their ==> on, without the user's own arrival. A prompt may stand before the ==>."""
        lines = self.program.output.split("\n")[:-1]  # only LF ends a line
        announced = [line[line.index("==>") :].rstrip() for line in lines if "==>" in line]
        return [line for line in announced if line != joined(self.name)][self._seen :]


def joined(name: str) -> str:
    return f"==> {name} has joined the chat room"


def gone(name: str) -> str:
    return f"==> {name} has left the chat room"


def chatting(student, chat_server, name: str) -> Terminal:
    """The client runs, its user has given the name, and the server has said NEW."""
    chat_server.start()
    program = student.start(CLIENT)
    terminal = Terminal(program, chat_server, name)
    terminal.gives_the_name()
    terminal.is_told(new(name))
    return terminal


Usual = Mapping[str, str] | None
"""What a client with words of its own prints for a message alone; None for the right words."""


def compare_client_with_itself(
    student, chat_server, me: str, right: Mapping[str, str], ask: Callable[[Terminal, Usual], None]
) -> None:
    """Start the client and `ask` for the `right` line of each message; ask a client with other words for its own.

    Those are what it prints for each message alone. It has to show the text of a message.
    """
    terminal = chatting(student, chat_server, me)
    try:
        ask(terminal, None)
    except StudentFault:
        terminal.program.kill()
        usual = usual_lines(student, chat_server, me, right)
        shows_texts = all(told.split("\n")[1] in printed for told, printed in usual.items())
        if not usual or not shows_texts or all(right[told] in printed for told, printed in usual.items()):
            raise
    else:
        return
    terminal = chatting(student, chat_server, me)
    terminal.rests()
    ask(terminal, usual)


def usual_lines(student, chat_server, me: str, messages: Iterable[str]) -> dict[str, str]:
    """What a fresh client prints for each of the messages; nothing if it does not get so far."""
    usual: dict[str, str] = {}
    with suppress(StudentFault):
        terminal = chatting(student, chat_server, me)
        terminal.rests()
        for told in messages:
            terminal.is_told(told)
            usual[told] = terminal.rests()
        terminal.program.kill()
        return usual
    return {}


@check(hint='Ask with input("What is your name: "), connect to port 9000 of localhost, and send ADD, the name and a newline.')
def test_client_asks_for_the_name_and_joins(student, chat_server, rng: Random):
    """The client asks for the name and joins the room"""
    chat_server.start()
    program = student.start(CLIENT)
    program.wait_for_output("What is your name:")
    (name,) = names(rng, 1)
    Terminal(program, chat_server, name).types(name, f"ADD {name}")


@check(hint="A second thread (or select) prints what the server sends while the first one waits for the keyboard.")
def test_client_prints_who_comes_and_goes(student, chat_server, rng: Random):
    """The client prints who joins and who leaves while nobody types"""
    me, ann, bob = names(rng, 3)
    terminal = chatting(student, chat_server, me)
    terminal.is_told(new(ann), new(bob), left(ann))
    terminal.shows(joined(ann), joined(bob), gone(ann))


@check(hint="A message has two lines: MESSAGE or PRIVATE with the sender's name, then the text. Print both in one line.")
def test_client_prints_messages(student, chat_server, rng: Random):
    """The client prints messages and private messages"""
    me, ann, bob = names(rng, 3)
    public, secret = words(rng), words(rng)
    terminal = chatting(student, chat_server, me)
    terminal.is_told(message(ann, public), private(bob, secret))
    terminal.shows(f"==> {ann}: {public}", f"==> {bob} [private]: {secret}")


@check(
    hint="`private Joe: how are you?` becomes PRIVATE Joe and the text behind the first colon; any other line becomes MESSAGE."
)
def test_client_sends_what_is_typed(student, chat_server, rng: Random):
    """The client sends what is typed to everyone, or to one friend"""
    me, friend = names(rng, 2)
    text, secret = words(rng), f"{words(rng)}: {words(rng)}"
    terminal = chatting(student, chat_server, me)
    terminal.types(text, f"MESSAGE {text}")
    terminal.types(f"private {friend}: {secret}", f"PRIVATE {friend}\n(?: )?{secret}")
    terminal.types(text[::-1], f"MESSAGE {text[::-1]}")


@check(hint="Send QUIT when the user types quit, and let both threads come to their end: after GOODBYE there is nothing to read.")
def test_client_leaves_on_quit(student, chat_server, rng: Random):
    """The client leaves when the user types quit"""
    (me,) = names(rng, 1)
    terminal = chatting(student, chat_server, me)
    terminal.types("quit", "QUIT")
    chat_server.send(GOODBYE.encode())
    chat_server.close_connection()
    terminal.program.wait_for_end(did=LEFT).expect_no_traceback()


@check(
    hint="One recv() may bring half a line or ten lines. Collect bytes until there is a b'\\n', then decode the line.",
)
def test_client_reads_messages_in_pieces(student, chat_server, rng: Random):
    """The client reads messages that arrive glued or in pieces, byte by byte at the worst"""
    me, ann, bob = names(rng, 3, string.ascii_lowercase + "äöüéñ")
    text, secret, long = words(rng) + " über ½ €", words(rng) + " Grüße", "".join(rng.choices(string.ascii_letters, k=2100))
    right = {
        message(bob, text): f"==> {bob}: {text}",
        new(ann): joined(ann),
        private(ann, secret): f"==> {ann} [private]: {secret}",
        left(ann): gone(ann),
        message(bob, long): f"==> {bob}: {long}",
    }
    *several, one = right

    def ask(terminal: Terminal, usual: Usual) -> None:
        def deliver(faults, told):
            terminal.did = f"The server sent '{short(''.join(told))}'"
            chat_server.send("".join(told).encode(), faults)
            if usual is None:
                terminal.shows(*(right[each] for each in told))
            else:
                terminal.prints("".join(usual[each] for each in told))

        for told in (several, [one]):
            try_every_split([text.encode() for text in told], partial(deliver, told=told))

    compare_client_with_itself(student, chat_server, me, right, ask)


@check(
    hint="Split at '\\n'. str.splitlines() and a text file over the socket (without newline='\\n') end lines elsewhere, too.",
)
def test_client_ends_a_line_at_lf_only(student, chat_server, rng: Random):
    """The client prints text with CR and U+2028 in it unchanged"""
    me, ann, bob = names(rng, 3)
    text, plain = odd_text(rng), words(rng)
    right = {message(ann, plain): f"==> {ann}: {plain}", new(bob): joined(bob)}

    def ask(terminal: Terminal, usual: Usual) -> None:
        terminal.is_told(message(ann, text), new(bob))
        if usual is None:
            terminal.shows(f"==> {ann}: {text}", joined(bob))
        else:
            terminal.prints("".join(usual.values()).replace(plain, text))

    compare_client_with_itself(student, chat_server, me, right, ask)


@check(
    hint="Every line of the protocol ends with '\\n': input() takes it off the typed line, so put it back.",
)
def test_client_follows_the_protocol_to_the_byte(student, chat_server, rng: Random):
    """The client sends exactly the bytes of the protocol"""
    me, friend = names(rng, 2)
    text, secret = f"{words(rng)}\u2028{words(rng)} äöü", words(rng)
    terminal = chatting(student, chat_server, me)
    terminal.types(text, f"MESSAGE {text}")
    terminal.types(f"private {friend}: {secret}", f"PRIVATE {friend}\n(?: )?{secret}")
    terminal.types("quit", "QUIT")
    chat_server.send(GOODBYE.encode())
    chat_server.close_connection()
    terminal.program.wait_for_end(did=LEFT).expect_no_traceback()
    wanted = f"ADD {me}\nMESSAGE {text}\nPRIVATE {friend}\n{secret}\nQUIT\n"
    got = chat_server.received.replace(f"\n {secret}".encode(), f"\n{secret}".encode())  # the blank may stay or go
    if got != wanted.encode():
        raise Mismatch(
            f"the client sent '{visible(got)}'",
            did="We gave a name, typed a message and a private message, and left",
            expected=f"the client sends '{visible(wanted)}'",
            expected_bytes=wanted.encode(),
            actual_bytes=got,
        )


# all together


@check(
    hint="Start your server in one window and your client in two others, and type what the check typed.",
)
def test_client_and_server_work_together(student, rng: Random):
    """Two of your clients chat through your server"""
    ann, bob = names(rng, 2)
    server = student.start(SERVER)
    server.wait_until_listening(PORT)
    text, secret = words(rng), words(rng)
    ann_program = student.start(CLIENT)
    ann_program.send_line(ann)
    expect_line(ann_program, joined(ann), f"{ann} joined")
    bob_program = student.start(CLIENT)
    bob_program.send_line(bob)
    for program in (ann_program, bob_program):
        expect_line(program, joined(bob), f"{bob} joined")
    bob_program.send_line(text)
    for program in (ann_program, bob_program):
        expect_line(program, f"==> {bob}: {text}", f"{bob} typed '{text}'")
    ann_program.send_line(f"private {bob}: {secret}")
    expect_line(bob_program, f"==> {ann} [private]: {secret}", f"{ann} typed 'private {bob}: {secret}'")
    bob_program.send_line("quit")
    bob_program.wait_for_end().expect_no_traceback()
    expect_line(ann_program, gone(bob), f"{bob} typed 'quit'")


def expect_line(program: Program, line: str, did: str) -> None:
    """Wait until the program has printed this line; a prompt may stand before it, and runs of blanks count as one."""
    program.wait_until(
        lambda: any(" ".join(printed.split()).endswith(line) for printed in program.output.split("\n")[:-1]),
        expected=f"the program prints '{line}'",
        did=did,
    )
