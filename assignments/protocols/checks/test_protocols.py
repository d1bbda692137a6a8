"""Checks of the notebook: whether each conversation is complete, and whether our servers would have the two on the net."""

from __future__ import annotations

from grader.checks import Mismatch, Missing, check, expect_conversation, play_conversation

NOTEBOOK = "protocols.ipynb"
CLIENTS = 2
"""That many have to join the chat room."""
WORDS = ("ADD", "MESSAGE", "PRIVATE", "QUIT")
"""What a client of the chat room can say."""

OWN_WORDS = (
    "One message in each row, with three cells: who speaks, to whom, and what. Leave no row in italics, and use your own words."
)
OTHER_WORDS = f"{OWN_WORDS} At home people speak in other words than in an office."


# ---- between people


@check(hint=f"Three take part: one introduces two others to each other, and both of them answer. {OWN_WORDS}")
def test_introduces_two_people(student):
    """Two people are introduced to each other, and both of them answer"""
    expect_complete(student, "introduction", at_least=4, parties=3)


@check(hint=OTHER_WORDS)
def test_answers_the_telephone_of_an_office(student):
    """Somebody calls an office, and somebody answers"""
    expect_complete(student, "phone_business", at_least=6)


@check(hint=OTHER_WORDS)
def test_answers_the_telephone_at_home(student):
    """A friend calls at home, in other words than in the office"""
    expect_complete(student, "phone_friends", at_least=4)


@check(hint=OWN_WORDS)
def test_invites_and_replies(student):
    """There is an invitation, and a reply to it"""
    expect_complete(student, "invitation", at_least=2)


@check(hint="The band answers, too, even if it says nothing: put what it does in parentheses, (plays the first chord).")
def test_counts_a_band_in(student):
    """A band is counted in, and begins"""
    expect_complete(student, "count_in", at_least=3)


# ---- on the net


@check(hint="The client says nothing; the server sends one line. Compute the day number for your date in the code cell below.")
def test_asks_a_daytime_server_for_the_time(student):
    """The daytime server sends one line that NIST's server would send at that moment"""
    play(student, "daytime")


@check(
    hint="The first row is the client's, (connects); behind the line comes the server's (closes the connection).",
)
def test_opens_and_closes_the_daytime_connection(student):
    """The client connects first, and the server closes last"""
    played = play(student, "daytime", kindly=True)
    did, expected = "We played your conversation daytime", "the client connects, the server sends the line and closes"
    if not played.opened:
        raise Missing("no client connects before the server sends its line", did=did, expected=expected)
    if not played.closed:
        raise Missing("the server does not close the connection behind its line", did=did, expected=expected)


@check(hint="Take the protocol's table row by row: what does the server send, to whom, when a client sends this?")
def test_has_a_chat_that_the_server_accepts(student):
    """The chat server understands every message of a client, and says what the table lets it say"""
    played = play(student, "chat")
    if played.joined < CLIENTS:
        raise Missing(
            f"{played.joined} joined with ADD",
            did="We played your conversation chat",
            expected=f"at least {CLIENTS} clients join",
        )


@check(
    needs=["has_a_chat_that_the_server_accepts"],
    hint="NEW and MESSAGE go to everyone in the room, the one who caused them included; LEFT goes to those who are still there.",
)
def test_lets_the_chat_server_tell_everyone(student):
    """The table holds everything that the chat server sends, to each of the clients"""
    played = play(student, "chat")
    if played.untold:
        raise Missing(
            f"the table ends without {', '.join(played.untold)}",
            did="We played your conversation chat",
            expected="everything that the server sends, to each of the clients",
        )


@check(
    hint="Two clients join, one says something to everyone, one says something in private, and all of them quit.",
)
def test_uses_every_message_of_the_chat_protocol(student):
    """Clients send ADD, MESSAGE, PRIVATE and QUIT, and nobody stays in the room"""
    played = play(student, "chat", kindly=True)
    did = "We played your conversation chat"
    unused = [word for word in WORDS if word not in played.kinds]
    if unused:
        raise Missing(f"no client sends {' or '.join(unused)}", did=did, expected=f"messages with {', '.join(WORDS)}")
    if played.stayed:
        raise Missing(f"at the end {', '.join(played.stayed)} had not quit", did=did, expected="all clients quit")


@check(
    hint="Without the newline at its end nobody knows that a line is complete: write \\n, also behind the text of a message.",
)
def test_ends_every_line_of_the_chat_with_a_newline(student):
    """Every message of the chat ends with a newline"""
    played = play(student, "chat", kindly=True)
    if not played.kinds:
        raise Missing(
            "no client sends a message that the server knows",
            did="We looked at the last byte of every message of your conversation chat",
            expected="messages that end with \\n",
        )
    if played.unended:
        numbers = ", ".join(map(str, played.unended))
        raise Mismatch(
            f"message {numbers} does not" if len(played.unended) == 1 else f"messages {numbers} do not",
            did="We looked at the last byte of every message of your conversation chat",
            expected="each message ends with \\n",
        )


# ---- helpers


def expect_complete(student, name: str, *, at_least: int, parties: int = 2) -> None:
    expect_conversation(student.given(NOTEBOOK), student.read_file(NOTEBOOK), name, at_least=at_least, parties=parties)


def play(student, name: str, kindly: bool = False):
    """Play a conversation with the server of that name, and pass over what it would not have if `kindly`."""
    return play_conversation(student.given(NOTEBOOK), student.read_file(NOTEBOOK), name, name, kindly=kindly)
