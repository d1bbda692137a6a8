import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.servers.faults import CloseEarly, Delay, End, Garbage, Reset, Script, Silent, Split, SplitAt, script

DATA = b"hello you"


def pieces(*faults: object, data: bytes = DATA, offset: int = 0) -> list[bytes]:
    return script(faults, random.Random(1)).pieces(data, offset)  # type: ignore[arg-type]


def test_without_a_fault_the_data_go_out_at_once() -> None:
    assert pieces() == [DATA]
    assert pieces(data=b"") == []


def test_split_makes_pieces_of_one_size() -> None:
    assert pieces(Split(4)) == [b"hell", b"o yo", b"u"]


def test_split_at_cuts_the_whole_stream() -> None:
    assert pieces(SplitAt([5, 2, 100])) == [b"he", b"llo", b" you"]
    assert pieces(SplitAt([5, 12]), offset=4) == [b"h", b"ello yo", b"u"]


def test_splits_combine() -> None:
    assert pieces(Split(4), SplitAt([5])) == [b"hell", b"o", b" yo", b"u"]


def test_silent_sends_nothing() -> None:
    assert pieces(Silent(), Split(1)) == []


def test_garbage_is_sent_once_and_the_same_every_time() -> None:
    plan = script([Garbage(30), Split(20)], random.Random(1))
    first, second = plan.pieces(DATA)
    assert (len(first), len(second)) == (20, 10)
    assert plan.pieces(DATA) == [first, second]
    assert plan.pieces(DATA, offset=30) == []
    assert DATA not in first + second


@pytest.mark.parametrize(("fault", "end"), [(CloseEarly(after=7), End.CLOSE), (Reset(after=7), End.RESET)])
def test_an_early_end_counts_the_bytes_of_the_stream(fault: CloseEarly | Reset, end: End) -> None:
    plan = script([fault], random.Random(1))
    assert plan.pieces(DATA) == [b"hello y"]
    assert plan.pieces(DATA, offset=4) == [b"hel"]
    assert plan.pieces(DATA, offset=7) == []
    assert (plan.end_at(6), plan.end_at(7)) == (None, end)


def test_the_earlier_of_two_ends_counts() -> None:
    assert script([CloseEarly(5), Reset(2)], random.Random(1)).end_at(3) is End.RESET


def test_delay_is_kept() -> None:
    assert script([Delay(0.5)], random.Random(1)) == Script(delay=0.5)


def test_nonsense_is_the_authors_error() -> None:
    with pytest.raises(ValueError):
        pieces(Split(0))
    with pytest.raises(TypeError):
        pieces("slow")


@given(st.binary(max_size=200), st.integers(1, 50), st.lists(st.integers(-5, 300)), st.integers(0, 50))
def test_pieces_are_the_data(data: bytes, size: int, cuts: list[int], offset: int) -> None:
    cut = pieces(Split(size), SplitAt(cuts), data=data, offset=offset)
    assert b"".join(cut) == data
    assert all(0 < len(piece) <= size for piece in cut)
