import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from grader.protocols.chat import (
    Add,
    ClientMessages,
    FromClient,
    FromServer,
    Goodbye,
    Left,
    Letter,
    LineBuffer,
    Message,
    MessageFrom,
    New,
    Private,
    PrivateFrom,
    Quit,
    Room,
    ServerMessages,
    Unknown,
)

words = st.text(st.characters(codec="utf-8", exclude_characters="\n"))
from_client = st.one_of(st.builds(Add, words), st.builds(Message, words), st.builds(Private, words, words), st.builds(Quit))
from_server = st.one_of(
    st.builds(New, words),
    st.builds(MessageFrom, words, words),
    st.builds(PrivateFrom, words, words),
    st.builds(Goodbye),
    st.builds(Left, words),
)


def pieces(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """`data` cut at these places, in any order and more often than it is long."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:stop] for start, stop in itertools.pairwise(edges)]


@given(st.lists(words), st.lists(st.integers(0, 1000)))
def test_every_split_gives_the_same_lines(lines: list[str], cuts: list[int]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    buffer = LineBuffer()
    assert [line.decode() for piece in pieces(data, cuts) for line in buffer.feed(piece)] == lines
    assert buffer.rest == b""


def test_only_lf_ends_a_line() -> None:
    buffer = LineBuffer()
    assert buffer.feed("a\rb\u2028c\x0b\x85d".encode()) == []
    assert buffer.rest == "a\rb\u2028c\x0b\x85d".encode()
    assert buffer.feed(b"\r\n") == ["a\rb\u2028c\x0b\x85d\r".encode()]


@given(st.lists(from_client), st.lists(st.integers(0, 1000)))
def test_every_split_gives_the_same_messages_of_a_client(messages: list[FromClient], cuts: list[int]) -> None:
    data = b"".join(message.wire() for message in messages if not isinstance(message, Unknown))
    reader = ClientMessages()
    assert [message for piece in pieces(data, cuts) for message in reader.feed(piece)] == messages


@given(st.lists(from_server), st.lists(st.integers(0, 1000)))
def test_every_split_gives_the_same_messages_of_a_server(messages: list[FromServer], cuts: list[int]) -> None:
    data = b"".join(message.wire() for message in messages if not isinstance(message, Unknown))
    reader = ServerMessages()
    assert [message for piece in pieces(data, cuts) for message in reader.feed(piece)] == messages


def test_the_wire_form() -> None:
    assert Private("Joe", "how are you?").wire() == b"PRIVATE Joe\nhow are you?\n"
    assert MessageFrom("Ann", "hi").wire() == b"MESSAGE Ann\nhi\n"
    assert [message.wire() for message in (Add("Ann"), Message("hi"), Quit())] == [b"ADD Ann\n", b"MESSAGE hi\n", b"QUIT\n"]
    assert [message.wire() for message in (New("Ann"), Left("Ann"), Goodbye())] == [b"NEW Ann\n", b"LEFT Ann\n", b"GOODBYE\n"]


def test_an_empty_line_between_messages_is_nothing_but_an_empty_text_is_one() -> None:
    assert ServerMessages().feed(b"NEW Ann\n\n\nMESSAGE Ann\n\n\nLEFT Ann\n") == [New("Ann"), MessageFrom("Ann", ""), Left("Ann")]
    assert ClientMessages().feed(b"\nADD Ann\n\nPRIVATE Joe\n\nQUIT\n") == [Add("Ann"), Private("Joe", ""), Quit()]


def test_a_line_that_begins_no_message_is_told() -> None:
    assert ClientMessages().feed(b"HELLO\nQUIT\n") == [Unknown("HELLO"), Quit()]
    assert ServerMessages().feed(b"what\xff\nGOODBYE\n") == [Unknown("what\udcff"), Goodbye()]


def test_bytes_that_are_not_utf8_go_through_a_message_unchanged() -> None:
    (message,) = ClientMessages().feed(b"MESSAGE \xff\xfe\n")
    assert message == Message("\udcff\udcfe")
    assert Message("\udcff\udcfe").wire() == b"MESSAGE \xff\xfe\n"


def to_all(data: bytes, *clients: int) -> list[Letter]:
    return [Letter(client, data, to_all=True) for client in clients]


class TestRoom:
    def room(self) -> Room:
        room = Room()
        assert room.handle(1, Add("Ann")) == to_all(b"NEW Ann\n", 1)
        assert room.handle(2, Add("Joe")) == to_all(b"NEW Joe\n", 1, 2)
        return room

    def test_a_message_goes_to_all_the_sender_included(self) -> None:
        assert self.room().handle(1, Message("hi")) == to_all(b"MESSAGE Ann\nhi\n", 1, 2)

    def test_a_private_message_goes_to_the_friend_alone(self) -> None:
        assert self.room().handle(1, Private("Joe", "hi")) == [Letter(2, b"PRIVATE Ann\nhi\n")]

    def test_an_unknown_friend_is_nobody(self) -> None:
        assert self.room().handle(1, Private("Zoe", "hi")) == []

    def test_quit_says_goodbye_and_tells_the_others(self) -> None:
        room = self.room()
        assert room.handle(1, Quit()) == [Letter(1, b"GOODBYE\n"), *to_all(b"LEFT Ann\n", 2)]
        assert room.leave(1) == []
        assert room.handle(2, Message("alone")) == to_all(b"MESSAGE Joe\nalone\n", 2)

    def test_a_lost_connection_tells_the_others(self) -> None:
        assert self.room().leave(2) == to_all(b"LEFT Joe\n", 1)

    def test_who_never_joined_leaves_without_a_word(self) -> None:
        room = self.room()
        assert room.handle(3, Quit()) == [Letter(3, b"GOODBYE\n")]
        assert room.leave(4) == []
        assert room.handle(3, Message("hi")) == []
