"""What is typed arrives whole and in order, and blocks nobody."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from grader.sandbox.typed import Typed

LARGE = bytes(range(256)) * 2000  # more than a pipe takes


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)


def all_of(read: int) -> bytes:
    data = b""
    while part := os.read(read, 65536):
        data += part
    return data


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def test_a_little_goes_in_without_a_thread(pipe: tuple[int, int]) -> None:
    read, write = pipe
    before = threading.active_count()
    typed = Typed(write, terminal=False)
    typed.put(b"seven\n")
    typed.put(b"eight\n")
    typed.put(None)
    assert threading.active_count() == before
    assert not is_open(write)
    assert all_of(read) == b"seven\neight\n"
    typed.close()


@pytest.mark.parametrize("parts", [[LARGE], [b"first", LARGE, b"last"], [b"x" * 4096, b"y", b"z"], [b"x" * 100] * 60])
def test_what_nobody_reads_yet_blocks_nobody_and_arrives_in_order(pipe: tuple[int, int], parts: list[bytes]) -> None:
    read, write = pipe
    typed = Typed(write, terminal=False)
    for part in parts:
        typed.put(part)
    typed.put(None)
    assert all_of(read) == b"".join(parts)
    typed.close()


@pytest.mark.parametrize("data", [b"seven\n", LARGE])
def test_a_program_that_has_closed_its_input_is_no_error(data: bytes) -> None:
    read, write = os.pipe()
    os.close(read)
    typed = Typed(write, terminal=False)
    for _ in range(3):
        typed.put(data)
    typed.put(None)
    typed.close()


def test_the_end_comes_once(pipe: tuple[int, int]) -> None:
    read, write = pipe
    typed = Typed(write, terminal=False)
    typed.put(None)
    other = os.dup(read)  # it may have the number of what was closed
    typed.put(None)
    typed.put(b"more")
    assert is_open(other)
    os.close(other)
    assert all_of(read) == b""


def test_a_terminal_stays_open_until_all_is_read() -> None:
    ours, theirs = os.openpty()
    typed = Typed(ours, terminal=True)
    typed.put(b"seven\n")
    assert os.read(theirs, 100) == b"seven\n"
    typed.put(None)
    assert is_open(ours)
    typed.close()
    assert not is_open(ours)
    os.close(theirs)
