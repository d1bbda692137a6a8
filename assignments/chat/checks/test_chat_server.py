"""The checks of the student's chat server, with scripted clients. How they hear and compare is in `room`."""

from __future__ import annotations

import string
from functools import partial
from random import Random

from grader.checks import (
    Mismatch,
    Missing,
    Reset,
    SplitAt,
    Stuck,
    StudentFault,
    TimedOut,
    check,
    scenarios,
    try_every_split,
    visible,
)

from .history import History, histories
from .lines import GOODBYE, left, message, names, new, odd_text, private, short, words
from .room import Connect, Event, Member, Room, compare_with_itself, open_room

BURST = 8  # messages that are sent without waiting
NAP = 34 * BURST  # messages after which a client reads again: 4.3 MB, a little more than the kernel keeps for it


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
        secret, text = words(rng) + " Grüße", words(rng) + " über ½ €"
        long, longest = ("".join(rng.choices(string.ascii_letters, k=count)) for count in (2100, 100_000))

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
        deliver([], [f"MESSAGE {longest}\n"], [Event("MESSAGE", bob_name, longest)])

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
        *inside, napper_name, sleeper_name = names(rng, 4)
        ann, bob = (room.join(name) for name in inside)
        napper = room.join(napper_name)
        sleeper = Member(room, sleeper_name, stalled=True)
        sleeper.send(f"ADD {sleeper_name}\n")
        room.all_hear(Event("ADD", sleeper_name))
        room.members.remove(napper)
        napper.peer.stall()
        for member, asleep in ((ann, sleeper), (bob, sleeper), (napper, sleeper), (ann, napper), (bob, napper)):
            dropped = room.words.of(Event("QUIT", asleep.name), member.name)  # to drop who does not read is right, too
            member.passed_over.add(dropped.encode().rstrip(b"\n"))
        block = "".join(rng.choices(string.ascii_letters, k=16_000))
        texts = [f"{number} {block}" for number in range(530)]  # 8.5 MB, more than the kernel keeps for one connection
        try:
            for start in range(0, len(texts) + BURST, BURST):
                ann.send("".join(f"MESSAGE {text}\n" for text in texts[start : start + BURST]))
                room.all_hear(*(Event("MESSAGE", ann.name, text) for text in texts[max(0, start - BURST) : start]))
                if start + BURST == NAP:
                    wakes_for_a_moment(napper, [Event("MESSAGE", ann.name, text) for text in texts[:NAP]])
        except (Missing, TimedOut, Stuck) as fault:
            fault.did = f"{sleeper_name} stopped reading, and {ann.name} sent {min(start + BURST, len(texts))} messages of 16 kB"
            fault.expected = f"{ann.name} and {bob.name} get every message all the same"
            raise
        room.all_hear(bob.says(words(rng)))

    compare_with_itself(student, connect, rng, ask, told="MESSAGE", cpu_seconds=60, output_bytes=32 * 1024 * 1024)


def wakes_for_a_moment(napper: Member, events: list[Event]) -> None:
    """A member reads all that it has left unread, and sleeps again."""
    napper.peer.unstall()
    try:
        napper.hears(*events)
    except StudentFault as fault:
        raise Mismatch(
            f"{napper.name} did not get them all: {fault.happened}",
            did=f"{napper.name} stopped reading, left {len(events)} messages of 16 kB unread, and read again",
            expected=f"{napper.name} gets every message, if late",
            hint="Who is slow for a moment is no sleeper: keep what waits for a client until that is more than 5 MB.",
        ) from fault
    napper.peer.stall()


@check(
    needs=[
        "server_announces_a_new_member",
        "server_sends_a_message_to_everyone",
        "server_sends_a_private_message_to_the_friend_alone",
        "server_ignores_a_private_message_to_a_stranger",
        "server_says_goodbye",
        "server_tells_the_others_who_disconnected",
        "server_tells_the_others_who_broke_off",
        "server_survives_quit_before_add",
        "server_reads_several_messages_in_one_segment",
        "server_reads_a_message_in_many_segments",
        "server_follows_the_protocol_to_the_byte",
    ],
    hint="Each connection has a buffer and a name of its own, and the room knows who is in it now: remember nothing else.",
)
@scenarios(
    histories,
    says="Whoever comes, goes and speaks, in whatever order and in whatever pieces: everybody gets exactly what this table says",
    most=4,
)
def test_server_tells_everybody_what_is_due_whatever_happens(student, connect: Connect, rng: Random, scenario):
    """The server tells everybody what is due, and nothing else, whatever happens"""
    names, steps = scenario
    open_room(student, connect, rng)
    History(connect, names).play(steps)
