from hypothesis import given
from hypothesis import strategies as st

from grader.protocols.echo import first_difference, still_missing


def test_the_first_wrong_byte_is_found() -> None:
    assert first_difference(b"hello", b"heLlo") == 2


def test_bytes_behind_the_echo_are_wrong() -> None:
    assert first_difference(b"hello", b"hello!") == 5


@given(st.binary(), st.integers(0, 50))
def test_a_beginning_is_no_difference_and_the_rest_is_missing(sent: bytes, count: int) -> None:
    received = sent[:count]
    assert first_difference(sent, received) is None
    assert still_missing(sent, received) == len(sent) - len(received)


@given(st.binary(), st.binary())
def test_up_to_the_difference_both_are_equal(sent: bytes, received: bytes) -> None:
    offset = first_difference(sent, received)
    if offset is not None:
        assert sent[:offset] == received[:offset]
        assert sent[offset : offset + 1] != received[offset : offset + 1]
