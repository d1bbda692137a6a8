"""Checks of receive.py: its functions are called with a real connection, and the other side is played by the check."""

from __future__ import annotations

import string
from random import Random

from grader.checks import (
    ConnectedSocket,
    Crashed,
    Delay,
    Mismatch,
    Missing,
    Reset,
    Split,
    Stuck,
    TimedOut,
    check,
    try_every_split,
)

MODULE = "receive"
PORT = 7007
"""Where the scripted server listens."""
LONG, SHORT = 4, 0.2
"""Seconds of patience: more than enough for what will come, and soon over when nothing comes."""

CALLS = "calls_of_receive.py"
"""A program of our own beside the student's: several calls on one connection, or one call on several."""
SOURCE = b"""
import contextlib
import importlib.util
import sys

spec = importlib.util.spec_from_file_location("receive", "receive.py")
receive = sys.modules["receive"] = importlib.util.module_from_spec(spec)
with contextlib.suppress(SystemExit):  # a module that ends itself is still a module with functions
    spec.loader.exec_module(receive)

LOST = getattr(receive, "ConnectionLost", None)
if not isinstance(LOST, type) or LOST in (BaseException, Exception):
    LOST = ()


def answer(sock, call):
    name, *arguments = call
    try:
        return ["returned", getattr(receive, name)(sock, *arguments)]
    except LOST:
        return ["lost"]


def in_turn(sock, calls):
    answers = []
    for call in calls:
        answers.append(answer(sock, call))
        if answers[-1] == ["lost"]:
            break
    return answers


def on_each(sockets, call):
    return [answer(sock, call) for sock in sockets]


def timeouts_after(sockets, timeouts, call):
    for sock, timeout in zip(sockets, timeouts):
        sock.settimeout(timeout)
        answer(sock, call)
    return [sock.gettimeout() for sock in sockets]
"""
LOST = ["lost"]


# ---- receive_line


@check(hint='Call recv() until a b"\\n" has come, and return the bytes before it.')
def test_receive_line_returns_the_next_line(student, scripted_server, rng: Random):
    """receive_line(sock) returns the next line as bytes, without its newline"""
    for _ in range(2):
        line = some_words(rng)
        scripted_server.play(line + b"\n")
        expect_bytes(student.call(f"{MODULE}:receive_line", ConnectedSocket(PORT)), line, called("receive_line", line + b"\n"))


@check(
    needs=["receive_line_returns_the_next_line"],
    hint="recv() returns what has arrived so far, one byte perhaps. Go on until the newline is there.",
)
def test_receive_line_reads_a_line_in_pieces(student, scripted_server, rng: Random):
    """receive_line(sock) returns the same line in whatever pieces it arrives"""
    line = some_words(rng) + " Grüße".encode()
    expect_same_for_every_split(student, scripted_server, line + b"\n", ("receive_line",), line)


@check(
    needs=["receive_line_returns_the_next_line"],
    hint="Only the newline at the end goes: no strip(), no decode(), and a carriage return or a blank is a byte like any other.",
)
def test_receive_line_keeps_every_other_byte(student, scripted_server, rng: Random):
    """receive_line(sock) leaves blanks, carriage returns and bytes that are no text in the line, and knows an empty line"""
    letters = some_letters(rng, 3)
    lines = [b"  " + letters + b" \t", letters + b"\r" + letters + b"\r", b"", letters + b"\x00\xff\xe4\x80"]
    for line in lines:
        scripted_server.play(line + b"\n")
    found = on_each(student, len(lines), ("receive_line",), "We called receive_line(sock) and sent lines of all sorts")
    for line, one in zip(lines, found, strict=True):
        expect_returned(one, line, called("receive_line", line + b"\n"))


@check(
    needs=["receive_line_returns_the_next_line"],
    hint='recv() returns b"" when the other side has closed: then no newline can come any more. Raise ConnectionLost.',
)
def test_receive_line_raises_when_there_is_no_whole_line(student, scripted_server, rng: Random):
    """receive_line(sock) raises ConnectionLost when the other side closes before the newline"""
    data = some_words(rng)
    for sent in (data, b""):
        scripted_server.play(sent)
    expect_lost(student, ("receive_line",), f"sent {data!r} and closed the connection", "closed the connection at once")


# ---- receive_exactly


@check(hint="Call recv() until there are count bytes, each time with the number of bytes that are still missing.")
def test_receive_exactly_returns_so_many_bytes(student, scripted_server, rng: Random):
    """receive_exactly(sock, count) returns the next count bytes, and not more when more have come"""
    for more in (b"", some_words(rng)):
        data = rng.randbytes(rng.randint(20, 60))
        scripted_server.play(data + more)
        found = student.call(f"{MODULE}:receive_exactly", ConnectedSocket(PORT), len(data))
        expect_bytes(found, data, called("receive_exactly", data + more, len(data)))


@check(
    needs=["receive_exactly_returns_so_many_bytes"],
    hint="recv(count) returns count bytes at most. When fewer come, call it again for the rest.",
)
def test_receive_exactly_reads_them_in_pieces(student, scripted_server, rng: Random):
    """receive_exactly(sock, count) returns the same bytes in whatever pieces they arrive, a few and more than 2 kB"""
    for data in (some_words(rng) + " Grüße".encode(), some_letters(rng, 2100)):
        expect_same_for_every_split(student, scripted_server, data, ("receive_exactly", len(data)), data)


@check(
    needs=["receive_exactly_returns_so_many_bytes"],
    hint='For 0 bytes there is nothing to wait for: return b"" without calling recv().',
)
def test_receive_exactly_does_not_wait_for_0_bytes(student, scripted_server):
    """receive_exactly(sock, 0) returns b"" at once"""
    scripted_server.play(stay_open=True)
    found = student.call(f"{MODULE}:receive_exactly", ConnectedSocket(PORT), 0)
    expect_bytes(found, b"", "We called receive_exactly(sock, 0) and sent nothing")


@check(
    needs=["receive_exactly_returns_so_many_bytes"],
    hint='recv() returns b"" when the other side has closed, again and again. Raise ConnectionLost then.',
)
def test_receive_exactly_raises_when_too_few_come(student, scripted_server, rng: Random):
    """receive_exactly(sock, count) raises ConnectionLost when the other side closes before that"""
    data = some_words(rng)
    for sent in (data, b""):
        scripted_server.play(sent)
    call = ("receive_exactly", len(data) + rng.randint(1, 20))
    expect_lost(student, call, f"sent {len(data)} bytes and closed the connection", "closed the connection at once")


# ---- receive_all


@check(hint='Call recv() until it returns b"", and put all that it returned together.')
def test_receive_all_returns_everything(student, scripted_server, rng: Random):
    """receive_all(sock) returns everything until the other side closes: nothing, a little in every way to cut it, 100 kB"""
    for data in (b"", rng.randbytes(100_000)):
        scripted_server.play(data)
        expect_bytes(student.call(f"{MODULE}:receive_all", ConnectedSocket(PORT)), data, called("receive_all", data))
    text = some_words(rng) + " Grüße\n".encode()
    expect_same_for_every_split(student, scripted_server, text, ("receive_all",), text)


@check(
    needs=["receive_all_returns_everything"],
    hint='A pause is not the end. Only b"" from recv() says that the other side has closed.',
)
def test_receive_all_waits_for_the_end(student, scripted_server, rng: Random):
    """receive_all(sock) waits through a pause, and through empty lines"""
    first, second = some_words(rng) + b"\n\n", some_words(rng)
    scripted_server.play(first, Delay(1.2), second)
    did = f"We called receive_all(sock), sent {first!r} and, 1.2 seconds later, {second!r}"
    expect_bytes(student.call(f"{MODULE}:receive_all", ConnectedSocket(PORT)), first + second, did)


# ---- together


@check(
    needs=[
        "receive_line_returns_the_next_line",
        "receive_exactly_returns_so_many_bytes",
        "receive_all_returns_everything",
    ],
    hint="What your function takes too much, the next one never sees. Bytes that recv() was not asked for stay where they are: "
    "ask for one at a time while you look for the newline.",
)
def test_takes_no_byte_too_many(student, scripted_server, rng: Random):
    """Line after line, then so many bytes, then the rest: each function takes its own bytes and no more"""
    lines, body, rest = [some_words(rng), b"", some_words(rng)], rng.randbytes(rng.randint(5, 30)), some_words(rng)
    data = b"".join(line + b"\n" for line in lines) + body + rest
    scripted_server.play(data)
    calls = [("receive_line",)] * 3 + [("receive_exactly", len(body)), ("receive_all",)]
    did = f"We sent {data!r} at once, and called {', '.join(map(spoken, calls))}"
    found = in_turn(student, calls, did)
    for call, one, wanted in zip(calls, found, [*lines, body, rest], strict=False):  # after ConnectionLost come no more
        expect_returned(one, wanted, did, spoken(call))


# ---- outcome


@check(
    hint="Call recv(max_bytes) once. As many bytes as that: 'full'. Fewer, but some: 'partial', even if more would come later.",
)
def test_outcome_tells_full_from_partial(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) is 'full' when max_bytes bytes came, 'partial' when fewer came"""
    size = rng.randint(4, 9)
    less = rng.randint(1, size - 1)
    scripted_server.play(some_letters(rng, size))
    found = student.call(f"{MODULE}:outcome", ConnectedSocket(PORT), size, LONG)
    expect_outcomes([found], ["full"], f"We sent {size} bytes and called outcome(sock, {size}, {LONG})")

    scripted_server.play(some_letters(rng, 2 * size + less))
    did = f"We sent {2 * size + less} bytes and called outcome(sock, {size}, {LONG}) three times"
    expect_outcomes(outcomes(student, [(size, LONG)] * 3, did), ["full", "full", "partial"], did)

    scripted_server.play(some_letters(rng, size), faults=[Split(less)])
    did = f"We sent {size} bytes, {less} at a time, and called outcome(sock, {size}, {LONG})"
    expect_outcomes(outcomes(student, [(size, LONG)], did), ["partial"], did)


@check(
    needs=["outcome_tells_full_from_partial"],
    hint="settimeout(patience), and a recv() for which nothing comes raises TimeoutError. select.select() takes a timeout, too.",
)
def test_outcome_tells_when_nothing_comes(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) is 'waiting' when nothing comes and the other side is still there"""
    scripted_server.play(stay_open=True)
    did = f"We sent nothing and called outcome(sock, 10, {SHORT})"
    expect_outcomes(outcomes(student, [(10, SHORT)], did), ["waiting"], did)

    size = rng.randint(1, 9)
    scripted_server.play(some_letters(rng, size), stay_open=True)
    did = f"We sent {counted(size)}, then nothing more, and called outcome(sock, 10, {SHORT}) twice"
    expect_outcomes(outcomes(student, [(10, LONG), (10, SHORT)], did), ["partial", "waiting"], did)


@check(
    needs=["outcome_tells_full_from_partial"],
    hint='b"" from recv() means that the other side has closed: nothing more will ever come.',
)
def test_outcome_tells_when_the_other_side_has_closed(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) is 'closed' when the other side has closed"""
    scripted_server.play()
    did = f"We closed the connection and called outcome(sock, 10, {LONG})"
    expect_outcomes(outcomes(student, [(10, LONG)], did), ["closed"], did)

    size = rng.randint(3, 9)
    scripted_server.play(some_letters(rng, size))
    did = f"We sent {size} bytes, closed the connection and called outcome(sock, {size}, {LONG}) three times"
    expect_outcomes(outcomes(student, [(size, LONG)] * 3, did), ["full", "closed", "closed"], did)


@check(
    needs=["outcome_tells_when_nothing_comes"],
    hint="Wait as long as patience says: a recv() that does not wait at all is too early, a fixed timeout too early or too late.",
)
def test_outcome_keeps_to_its_patience(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) waits for up to patience seconds, and not for longer"""
    size = rng.randint(1, 9)
    scripted_server.play(Delay(1), some_letters(rng, size))
    did = f"We called outcome(sock, 10, {LONG}) and sent {counted(size)} after 1 second"
    expect_outcomes(outcomes(student, [(10, LONG)], did), ["partial"], did)

    scripted_server.play(Delay(3), some_letters(rng, size))
    did = f"We called outcome(sock, 10, {SHORT}) and would have sent {counted(size)} after 3 seconds"
    expect_outcomes(outcomes(student, [(10, SHORT)], did), ["waiting"], did)


@check(
    needs=["outcome_tells_when_nothing_comes"],
    hint="Ask gettimeout() first, and set that again whatever happens: try … finally.",
)
def test_outcome_leaves_the_timeout_as_it_was(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) leaves the socket's timeout as it was"""
    for data in (b"abc", b"", b"abc", b""):
        scripted_server.play(data, stay_open=True)
    some = rng.randint(20, 60) + 0.5
    before = [None, None, some, some]
    did = f"We called outcome(sock, 10, {SHORT}) on four sockets, of which two had a timeout of {some} seconds"
    sockets = [ConnectedSocket(PORT)] * len(before)
    after = ask(student, "timeouts_after", did, sockets, before, ("outcome", 10, SHORT))
    if after != before:
        raise Mismatch(f"afterwards the timeouts were {after}", did=did, expected=f"the timeouts are {before} again")


# ---- a reset, everywhere


@check(
    needs=[
        "receive_line_returns_the_next_line",
        "receive_exactly_returns_so_many_bytes",
        "receive_all_returns_everything",
        "outcome_tells_full_from_partial",
    ],
    hint="recv() raises ConnectionResetError when the other side breaks off: catch that, and raise ConnectionLost.",
)
def test_turns_a_reset_into_connection_lost(student, scripted_server, rng: Random):
    """All four functions raise ConnectionLost when the other side breaks the connection off"""
    for call in (("receive_line",), ("receive_exactly", 30), ("receive_all",)):
        data = some_letters(rng, rng.randint(3, 20))
        scripted_server.play(data, faults=[Reset(len(data))])
        expect_lost(student, call, f"sent {data!r} and broke the connection off")
    scripted_server.play(b"abc", faults=[Reset(3)])
    calls = [("outcome", 10, LONG)] * 2
    did = f"We sent b'abc', broke the connection off, and called outcome(sock, 10, {LONG}) twice"
    found = in_turn(student, calls, did)
    if found[-1] != LOST:
        raise Mismatch(f"the second call returned {shown(found[-1][1])}", did=did, expected="it raises ConnectionLost")


# ---- calling


def ask(student, function: str, did: str, *arguments):
    """Call a function of our own program; whatever goes wrong in the student's code is told as having happened after `did`."""
    student.add_file(CALLS, SOURCE)
    try:
        return student.call(f"{CALLS.removesuffix('.py')}:{function}", *arguments)
    except (Crashed, Mismatch, Missing, Stuck, TimedOut) as fault:
        fault.did = did
        raise


def in_turn(student, calls, did: str):
    """What each of these calls on one and the same connection gave."""
    return ask(student, "in_turn", did, ConnectedSocket(PORT), calls)


def on_each(student, count: int, call, did: str):
    """What the same call gave on each of so many connections."""
    return ask(student, "on_each", did, [ConnectedSocket(PORT)] * count, call)


def outcomes(student, arguments, did: str):
    """What outcome() returned, each time; LOST for a ConnectionLost."""
    found = in_turn(student, [("outcome", *some) for some in arguments], did)
    return [one if one == LOST else one[1] for one in found]


def expect_outcomes(found, wanted, did: str) -> None:
    if found != wanted:
        happened = ", ".join("it raised ConnectionLost" if one == LOST else shown(one) for one in found)
        raise Mismatch(f"that gave {happened}", did=did, expected=", ".join(map(repr, wanted)))


def expect_lost(student, call, *what_we_did: str) -> None:
    """One connection for each thing that we do on it; `call` must raise ConnectionLost on all of them."""
    did = [f"We called {spoken(call)} and {text}" for text in what_we_did]
    try:
        found = on_each(student, len(did), call, "; on another connection we ".join([did[0], *what_we_did[1:]]))
    except (Crashed, Stuck, TimedOut) as fault:
        fault.expected = "it raises ConnectionLost"
        raise
    for text, one in zip(did, found, strict=True):
        if one != LOST:
            raise Mismatch(f"it returned {shown(one[1])}", did=text, expected="it raises ConnectionLost")


def expect_same_for_every_split(student, scripted_server, data: bytes, call, wanted: bytes) -> None:
    """Call the same function on a new connection for each way to cut `data` in pieces."""
    did = called(call[0], data, *call[1:])

    def attempt(faults):
        scripted_server.play(data, faults=faults)
        expect_returned(in_turn(student, [call], did)[0], wanted, did)

    try_every_split(data, attempt)


def expect_returned(one, wanted: bytes, did: str, who: str = "it") -> None:
    if one == LOST:
        raise Mismatch(f"{who} raised ConnectionLost", did=did, expected=f"{who} returns {shown(wanted)}")
    expect_bytes(one[1], wanted, did, who)


def expect_bytes(found, wanted: bytes, did: str, who: str = "it") -> None:
    if not isinstance(found, bytes) or found != wanted:
        what = "a str, " if isinstance(found, str) else ""
        raise Mismatch(
            f"{who} returned {what}{shown(found)}",
            did=did,
            expected=f"{who} returns {shown(wanted)}",
            expected_bytes=wanted,
            actual_bytes=found if isinstance(found, bytes) else None,
        )


# ---- words and data


def called(function: str, data: bytes, *arguments: int) -> str:
    return f"We called {spoken((function, *arguments))} and sent {shown(data)}"


def spoken(call) -> str:
    name, *arguments = call
    return f"{name}({', '.join(['sock', *map(str, arguments)])})"


def shown(value) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:100]} … ({len(value):,} bytes)"


def counted(size: int) -> str:
    return "1 byte" if size == 1 else f"{size} bytes"


def some_letters(rng: Random, count: int) -> bytes:
    return "".join(rng.choices(string.ascii_letters, k=count)).encode()


def some_words(rng: Random) -> bytes:
    return b" ".join(some_letters(rng, rng.randint(3, 8)) for _ in range(4))
