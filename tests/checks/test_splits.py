"""The ways to split data: which pieces each of them makes, that a receiver sees them, and what a fault says about the first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from grader.checks.splits import try_every_split, ways_to_split
from grader.errors import Mismatch
from grader.servers.daytime import DaytimeServer
from grader.servers.faults import SplitAt, script
from tests.servers.conftest import Network, loop, network, read_all

__all__ = ["loop", "network"]  # fixtures

ONE_BY_ONE = "the data arrive one byte at a time"


def pieces(*messages: bytes) -> dict[str, list[bytes]]:
    """What goes out in each way, in their order."""
    stream = b"".join(messages)
    return {how: script(faults, random.Random(1)).pieces(stream) for how, faults in ways_to_split(*messages)}


def test_a_line_arrives_whole_then_cut() -> None:
    assert pieces(b"hi\n") == {
        "the data arrive whole": [b"hi\n"],
        "the data arrive cut in front of a line end": [b"hi", b"\n"],
        ONE_BY_ONE: [b"h", b"i", b"\n"],
    }


def test_cr_and_lf_are_parted_and_so_are_the_bytes_of_a_letter() -> None:
    found = pieces("grün\r\nx\r\n".encode())
    assert list(found) == [
        "the data arrive whole",
        "the data arrive cut between CR and LF",
        "the data arrive cut inside a letter that has several bytes",
        ONE_BY_ONE,
    ]
    assert found["the data arrive cut between CR and LF"] == ["grün\r".encode(), b"\nx\r\n"]
    assert found["the data arrive cut inside a letter that has several bytes"] == [b"gr\xc3", b"\xbcn\r\nx\r\n"]


def test_a_line_end_in_the_middle_is_a_place_to_cut() -> None:
    assert pieces(b"\na\n")["the data arrive cut behind a line end"] == [b"\n", b"a\n"]
    assert pieces(b"PRIVATE ann\nhi\n")["the data arrive cut behind a line end"] == [b"PRIVATE ann\n", b"hi\n"]


def test_long_data_are_cut_at_the_size_of_a_buffer_and_not_byte_by_byte_to_their_end() -> None:
    found = pieces(b"x" * 3000)
    assert [len(piece) for piece in found["the data arrive cut at 2,048 bytes"]] == [2048, 952]
    assert [len(piece) for piece in found[ONE_BY_ONE]] == [1] * 200 + [2800]
    assert "the data arrive cut at 2,048 bytes" not in pieces(b"x" * 2048)


def test_two_messages_arrive_alone_then_together() -> None:
    found = pieces(b"one.", b"two.")
    assert found["each message arrives alone"] == [b"one.", b"two."]
    assert found["two messages arrive together"] == [b"one.two."]
    assert found["a message arrives together with a part of the next one"] == [b"one.tw", b"o."]
    assert len(found) == 4


def test_more_messages_arrive_in_pairs_then_all_together() -> None:
    found = pieces(b"one.", b"two.", b"three.")
    assert list(found)[:4] == [
        "each message arrives alone",
        "two messages arrive together",
        "all messages arrive together",
        "a message arrives together with a part of the next one",
    ]
    assert found["two messages arrive together"] == [b"one.two.", b"three."]
    assert found["all messages arrive together"] == [b"one.two.three."]
    assert found["a message arrives together with a part of the next one"] == [b"one.", b"two.thr", b"ee."]


@pytest.mark.parametrize("messages", [(b"x",), (b"\n",), (b"", b"")])
def test_there_is_always_a_way(messages: Sequence[bytes]) -> None:
    for sent in pieces(*messages).values():
        assert b"".join(sent) == b"".join(messages)


def test_the_first_way_that_breaks_a_program_is_named() -> None:
    tried = []

    def attempt(faults: Sequence[SplitAt]) -> None:
        tried.append(faults)
        if len(tried) == 3:
            raise Mismatch("the server sent nothing")

    with pytest.raises(Mismatch) as caught:
        try_every_split([b"a\n", b"b\n", b"c\n"], attempt)
    assert caught.value.condition == "it works when each message arrives alone; when all messages arrive together, "
    assert caught.value.happened == caught.value.condition + "the server sent nothing"
    assert len(tried) == 3


def test_a_program_that_never_works_is_not_told_of_ways() -> None:
    def attempt(faults: Sequence[SplitAt]) -> None:
        raise Mismatch("nothing came")

    with pytest.raises(Mismatch) as caught:
        try_every_split(b"hello\n", attempt)
    assert (caught.value.condition, caught.value.happened) == ("", "nothing came")


def test_a_receiver_sees_every_piece(network: Network) -> None:
    messages = ["grün\n".encode(), b"hi\n"]
    server = network.serve(DaytimeServer)
    seen = []

    def attempt(faults: Sequence[SplitAt]) -> None:
        server.reply(b"".join(messages), faults=faults)
        seen.append(read_all(network.dial(server)))

    try_every_split(messages, attempt)
    assert seen == list(pieces(*messages).values())


def test_every_way_gives_the_whole_stream() -> None:
    stream = random.Random(1).randbytes(2500)
    for ends in ([2500], [1, 2500], [400, 401, 2100, 2500]):
        messages = [stream[start:stop] for start, stop in pairwise([0, *ends])]
        assert all(b"".join(sent) == stream for sent in pieces(*messages).values())
