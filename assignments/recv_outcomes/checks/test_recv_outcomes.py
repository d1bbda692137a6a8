"""Checks of receive.py: its functions are called with a real connection, and the other side is played by the check."""

from __future__ import annotations

import contextlib
import string
from itertools import accumulate
from random import Random

from grader.checks import (
    Answer,
    ConnectedSocket,
    Crashed,
    Delay,
    Mismatch,
    Missing,
    Reset,
    Split,
    SplitAt,
    Stuck,
    TimedOut,
    check,
    scenarios,
    try_every_split,
)

MODULE = "receive"
PORT = 7007
"""Where the scripted server listens."""
LONG, SHORT = 4, 0.2
"""Seconds of patience: more than enough for what will come, and soon over when nothing comes."""

LOST = Answer(is_lost=True)


# ---- receive_line


@check(hint='Call recv() until a b"\\n" has come, and return the bytes before it.')
def test_receive_line_returns_the_next_line(student, scripted_server, rng: Random):
    """receive_line(sock) returns the next line as bytes, without its newline"""
    for _ in range(2):
        line = some_words(rng)
        scripted_server.play(line + b"\n")
        did = called("receive_line", line + b"\n")
        expect_returned(in_turn(student, [("receive_line",)], did)[0], line, did)


@check(
    hint="recv() returns what has arrived so far, one byte perhaps. Go on until the newline is there.",
)
def test_receive_line_reads_a_line_in_pieces(student, scripted_server, rng: Random):
    """receive_line(sock) returns the same line in whatever pieces it arrives"""
    line = some_words(rng) + " Grüße".encode()
    expect_same_for_every_split(student, scripted_server, line + b"\n", ("receive_line",), b"?" + line[1:] + b"\n")


@check(
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
    hint='recv() returns b"" when the other side has closed: then no newline can come any more. Raise ConnectionLost.',
)
def test_receive_line_raises_when_there_is_no_whole_line(student, scripted_server, rng: Random):
    """receive_line(sock) raises ConnectionLost when the other side closes before the newline"""
    data = some_words(rng)
    for sent in (data + b"\n", data, b""):
        scripted_server.play(sent)
    expect_lost(
        student, ("receive_line",), data + b"\n", f"sent {data!r} and closed the connection", "closed the connection at once"
    )


# ---- receive_exactly


@check(hint="Call recv() until there are count bytes, each time with the number of bytes that are still missing.")
def test_receive_exactly_returns_so_many_bytes(student, scripted_server, rng: Random):
    """receive_exactly(sock, count) returns the next count bytes, and not more when more have come"""
    for more in (b"", some_words(rng)):
        data = rng.randbytes(rng.randint(20, 60))
        scripted_server.play(data + more)
        did = called("receive_exactly", data + more, len(data))
        expect_returned(in_turn(student, [("receive_exactly", len(data))], did)[0], data, did)


@check(
    hint="recv(count) returns count bytes at most. When fewer come, call it again for the rest.",
)
def test_receive_exactly_reads_them_in_pieces(student, scripted_server, rng: Random):
    """receive_exactly(sock, count) returns the same bytes in whatever pieces they arrive, a few and more than 2 kB"""
    for data in (some_words(rng) + " Grüße".encode(), some_letters(rng, 2100)):
        expect_same_for_every_split(student, scripted_server, data, ("receive_exactly", len(data)), b"?" + data[1:])


@check(
    hint='For 0 bytes there is nothing to wait for: return b"" without calling recv().',
)
def test_receive_exactly_does_not_wait_for_0_bytes(student, scripted_server):
    """receive_exactly(sock, 0) returns b"" at once"""
    scripted_server.play(stay_open=True)
    did = "We called receive_exactly(sock, 0) and sent nothing"
    expect_returned(in_turn(student, [("receive_exactly", 0)], did)[0], b"", did)
    scripted_server.play(b"abc")
    did = "We called receive_exactly(sock, 3) and sent b'abc'"
    if in_turn(student, [("receive_exactly", 3)], did)[0].value == b"":
        raise Mismatch("it returned b'', too", did=did, expected="three bytes for 3, and none for 0")


@check(
    hint='recv() returns b"" when the other side has closed, again and again. Raise ConnectionLost then.',
)
def test_receive_exactly_raises_when_too_few_come(student, scripted_server, rng: Random):
    """receive_exactly(sock, count) raises ConnectionLost when the other side closes before that"""
    data = some_words(rng)
    more = some_letters(rng, rng.randint(1, 20))
    for sent in (data + more, data, b""):
        scripted_server.play(sent)
    call = ("receive_exactly", len(data + more))
    expect_lost(student, call, data + more, f"sent {len(data)} bytes and closed the connection", "closed the connection at once")


# ---- receive_all


@check(hint='Call recv() until it returns b"", and put all that it returned together.')
def test_receive_all_returns_everything(student, scripted_server, rng: Random):
    """receive_all(sock) returns everything until the other side closes: nothing, a little in every way to cut it, 100 kB"""
    for data in (b"", rng.randbytes(100_000)):
        scripted_server.play(data)
        did = called("receive_all", data)
        expect_returned(in_turn(student, [("receive_all",)], did)[0], data, did)
    text = some_words(rng) + " Grüße\n".encode()
    expect_same_for_every_split(student, scripted_server, text, ("receive_all",), b"?" + text[1:])


@check(
    hint='A pause is not the end. Only b"" from recv() says that the other side has closed.',
)
def test_receive_all_waits_for_the_end(student, scripted_server, rng: Random):
    """receive_all(sock) waits through a pause, and through empty lines"""
    first, second = some_words(rng) + b"\n\n", some_words(rng)
    for sent in ([first], [first + second], [first, Delay(1.2), second]):
        scripted_server.play(*sent)
    did = f"We called receive_all(sock), sent {first!r} and, 1.2 seconds later, {second!r}"
    half, whole, paused = on_each(student, 3, ("receive_all",), did)
    if whole in (half, LOST):
        raise Mismatch(f"when {first + second!r} came at once, it {gave(whole)}", did=did, expected="it returns everything")
    expect_same(paused, whole, did)


# ---- together


@check(
    hint="What your function takes too much, the next one never sees. Bytes that recv() was not asked for stay where they are: "
    "ask for one at a time while you look for the newline.",
)
def test_takes_no_byte_too_many(student, scripted_server, rng: Random):
    """Line after line, then so many bytes, then the rest: each function takes its own bytes and no more"""
    lines, body, rest = [some_words(rng), b"", some_words(rng)], rng.randbytes(rng.randint(5, 30)), some_words(rng)
    parts = [(("receive_line",), line, line + b"\n") for line in lines]
    parts += [(("receive_exactly", len(body)), body, body), (("receive_all",), rest, rest)]
    works = {part[0]: is_right_alone(student, scripted_server, *part) for part in parts[2:]}
    parts = [part for part in parts if works[part[0]]]  # what one of them does wrong alone is for its own checks to say
    if not {name for (name, *_), _, _ in parts} & {"receive_line", "receive_exactly"}:
        did = "We called receive_line and receive_exactly, each on a connection of its own"
        raise Mismatch("neither returned what we had sent", did=did, expected="one of them does")
    calls, data = [call for call, _, _ in parts], b"".join(sent for _, _, sent in parts)
    scripted_server.play(data)
    did = f"We sent {data!r} at once, and called {', '.join(map(spoken, calls))}"
    for (call, wanted, _), one in zip(parts, in_turn(student, calls, did), strict=True):
        expect_returned(one, wanted, did, spoken(call))
    if not is_right_alone(student, scripted_server, ("receive_exactly", 5), b"abcde", b"abcde", [SplitAt([2])]):
        return
    scripted_server.play(body + rest, faults=[SplitAt([2])])
    calls = [("receive_exactly", len(body)), ("receive_exactly", len(rest))]
    did = f"We sent {body[:2]!r}, then {body[2:] + rest!r}, and called {', '.join(map(spoken, calls))}"
    for call, wanted, one in zip(calls, (body, rest), in_turn(student, calls, did), strict=True):
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
    did = f"We sent {size} bytes and called outcome(sock, {size}, {LONG})"
    expect_outcomes(outcomes(student, [(size, LONG)], did), ["full"], did)

    scripted_server.play(some_letters(rng, 2 * size + less))
    did = f"We sent {2 * size + less} bytes and called outcome(sock, {size}, {LONG}) three times"
    expect_outcomes(outcomes(student, [(size, LONG)] * 3, did), ["full", "full", "partial"], did)

    scripted_server.play(some_letters(rng, size), faults=[Split(less)])
    did = f"We sent {size} bytes, {less} at a time, and called outcome(sock, {size}, {LONG})"
    expect_outcomes(outcomes(student, [(size, LONG)], did), ["partial"], did)


@check(
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
    first, second = outcomes(student, [(10, LONG), (10, SHORT)], did)
    expect_outcomes([second], ["waiting"], did + ": the second call")
    if first == second:
        raise Mismatch(f"the first call {gave(first)}, too", did=did, expected="another outcome when something has come")


@check(
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
    first, *others = outcomes(student, [(size, LONG)] * 3, did)
    expect_outcomes(others, ["closed", "closed"], did + ": the second and the third call")
    if first == others[0]:
        raise Mismatch(f"the first call {gave(first)}, too", did=did, expected="another outcome when something has come")


@check(
    hint="Wait as long as patience says: a recv() that does not wait at all is too early, a fixed timeout too early or too late.",
)
def test_outcome_keeps_to_its_patience(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) waits for up to patience seconds, and not for longer"""
    size = rng.randint(1, 9)
    scripted_server.play(some_letters(rng, size))
    (at_once,) = outcomes(student, [(10, LONG)], f"We called outcome(sock, 10, {LONG}) and sent {counted(size)}")

    scripted_server.play(Delay(1), some_letters(rng, size))
    did = f"We called outcome(sock, 10, {LONG}) and sent {counted(size)} after 1 second"
    expect_same(outcomes(student, [(10, LONG)], did)[0], at_once, did, "at once")

    scripted_server.play(Delay(3), some_letters(rng, size))
    did = f"We called outcome(sock, 10, {SHORT}) and would have sent {counted(size)} after 3 seconds"
    (too_late,) = outcomes(student, [(10, SHORT)], did)
    if too_late in (at_once, LOST):
        raise Mismatch(f"it {gave(too_late)}", did=did, expected="it returns 'waiting' before that")


@check(
    hint="Ask gettimeout() first, and set that again whatever happens: try … finally.",
)
def test_outcome_leaves_the_timeout_as_it_was(student, scripted_server, rng: Random):
    """outcome(sock, max_bytes, patience) leaves the socket's timeout as it was"""
    some = rng.randint(20, 60) + 0.5
    seen = []
    for before in (None, some):
        for data in (b"abc", b""):
            sent = f"sent {data!r}" if data else "sent nothing"
            did = f"We called outcome(sock, 10, {SHORT}) on a socket with {timeout_in_words(before)}, and {sent}"
            if before is None:  # two outcomes are enough; with a timeout, only that one is asked about
                scripted_server.play(data, stay_open=True)
                seen.append(outcomes(student, [(10, SHORT)], did)[0].value)
            scripted_server.play(data, stay_open=True)
            with told_after(did):
                after = student.time_limit_after(f"{MODULE}:outcome", ConnectedSocket(PORT, before), 10, SHORT)
            if after != before:
                raise Mismatch(
                    f"afterwards it had {timeout_in_words(after)}", did=did, expected=f"it has {timeout_in_words(before)} again"
                )
    if seen[0] == seen[1]:
        raise Mismatch("it gave the same outcome for both", did="We sent b'abc', and nothing", expected="two outcomes")


# ---- anything that may be sent, read in any way


def streams(st):
    """What is sent, piece by piece, whether the connection is closed then, and calls to make on it."""
    part = st.sampled_from([b"ab", b"\n", b"c\n", b"\r", b" ", b"\x00\xff", b"defghijklm", "Grüße\n".encode()])
    pieces = st.lists(st.lists(part, min_size=1, max_size=3).map(b"".join), max_size=6)
    count = st.integers(0, 12)
    asked = st.one_of(
        st.just(("receive_line",)),
        count.map(lambda count: ("receive_exactly", count)),
        count.map(lambda count: ("receive_exactly", count)),
        count.map(lambda count: ("outcome", count + 1, LONG)),
        st.just(("receive_all",)),
    )
    one_by_one = pieces.map(lambda pieces: [bytes([byte]) for byte in b"".join(pieces)])
    how = st.one_of(pieces, pieces, one_by_one)
    return st.tuples(how, st.sampled_from([True, True, False]), st.lists(asked, min_size=1, max_size=6))


class Stream:
    """What the calls on one connection must give: the model of the other side, which sends a piece when the last one was read."""

    def __init__(self, pieces, closes):
        self.data, self.closes, self.place = b"".join(pieces), closes, 0
        self.ends = list(accumulate(map(len, pieces)))

    def answer(self, call):
        """What the call gives, and what it takes. None: it would wait for ever, so nobody makes it."""
        name, *arguments = call
        rest = self.data[self.place :]
        if name == "outcome":
            return self.outcome(arguments[0])
        if name == "receive_all":
            wanted = rest if self.closes else None
        elif name == "receive_line":
            wanted = rest.partition(b"\n")[0] if b"\n" in rest else LOST if self.closes else None
        else:
            wanted = rest[: arguments[0]] if arguments[0] <= len(rest) else LOST if self.closes else None
        if wanted is None or wanted == LOST:
            return wanted
        self.place += len(wanted) + (name == "receive_line")
        return Answer(wanted)

    def outcome(self, most):
        """One recv() brings bytes of one piece."""
        if self.place == len(self.data):
            return Answer("closed" if self.closes else "waiting")
        left = next(end for end in self.ends if end > self.place) - self.place
        self.place += min(most, left)
        return Answer("full" if most <= left else "partial")


@check(
    needs=[
        "receive_line_reads_a_line_in_pieces",
        "receive_line_keeps_every_other_byte",
        "receive_line_raises_when_there_is_no_whole_line",
        "receive_exactly_reads_them_in_pieces",
        "receive_exactly_does_not_wait_for_0_bytes",
        "receive_exactly_raises_when_too_few_come",
        "receive_all_returns_everything",
        "receive_all_waits_for_the_end",
        "takes_no_byte_too_many",
        "outcome_tells_full_from_partial",
        "outcome_tells_when_nothing_comes",
        "outcome_tells_when_the_other_side_has_closed",
        "outcome_keeps_to_its_patience",
    ],
    hint="When a part of the bytes has come, ask recv() for those that are still missing, and for no more: count - len(data).",
)
@scenarios(streams, says="Each function takes its own bytes and no more", most=12)
def test_reads_any_stream_by_any_calls(student, scripted_server, scenario):
    """Any calls in turn, on any bytes in any pieces: each gives what is next, and leaves the rest"""
    pieces, closes, asked = scenario
    stream, calls, wanted = Stream(pieces, closes), [], []
    for call in asked:
        answer = stream.answer(call)
        if answer is None:
            break
        calls.append((*call[:2], SHORT) if answer == Answer("waiting") else call)
        wanted.append(answer)
        if answer == LOST:
            break
    scripted_server.play(stream.data, faults=[SplitAt(stream.ends[:-1])], stay_open=not closes)
    sent = f"sent {', then '.join(map(repr, pieces))}" if pieces else "sent nothing"
    end = "closed the connection" if closes else "left the connection open"
    did = f"We {sent} and {end}, and called {', '.join(map(spoken, calls)) or 'nothing'}"
    found = in_turn(student, calls or [("receive_exactly", 0)], did)
    for number, (call, one, right) in enumerate(zip(calls, found, wanted, strict=False), 1):
        if one != right:
            which = f"call {number}, {spoken(call)}," if len(calls) > 1 else spoken(call)
            expected = f"{which} {'raises ConnectionLost' if right == LOST else gave(right, 'returns')}"
            raise Mismatch(f"{which} {gave(one)}", did=did, expected=expected)


def calls_that_return(st):
    """A call, the bytes that it takes, and the socket's timeout before."""
    call = st.sampled_from(
        [
            (("outcome", 3, SHORT), b"abc"),
            (("outcome", 3, SHORT), b"a"),
            (("outcome", 3, SHORT), b""),
            (("receive_line",), b"abc\n"),
            (("receive_exactly", 3), b"abc"),
        ]
    )
    return st.tuples(call, st.sampled_from([None, 30.5]))


@check(
    needs=["outcome_leaves_the_timeout_as_it_was"],
    hint="Ask gettimeout() first, and set that again whatever happens, in all your functions: try … finally.",
)
@scenarios(calls_that_return, says="the socket's timeout is what it was before, and so it is after the other three", most=5)
def test_leaves_every_timeout_as_it_was(student, scripted_server, scenario):
    """Every function leaves the socket's timeout as it was, whatever came"""
    ((name, *arguments), data), before = scenario
    scripted_server.play(data, stay_open=True)
    did = f"We sent {data!r} and called {spoken((name, *arguments))} on a socket with {timeout_in_words(before)}"
    with told_after(did):
        after = student.time_limit_after(f"{MODULE}:{name}", ConnectedSocket(PORT, before), *arguments)
    if after != before:
        raise Mismatch(
            f"afterwards it had {timeout_in_words(after)}", did=did, expected=f"it has {timeout_in_words(before)} again"
        )


# ---- a reset, everywhere


@check(
    hint="recv() raises ConnectionResetError when the other side breaks off: catch that, and raise ConnectionLost.",
)
def test_turns_a_reset_into_connection_lost(student, scripted_server, rng: Random):
    """All four functions raise ConnectionLost when the other side breaks the connection off"""
    for call in (("receive_line",), ("receive_exactly", 30), ("receive_all",)):
        data = some_letters(rng, rng.randint(3, 20))
        good = some_letters(rng, 30) + b"\n"
        scripted_server.play(good)
        scripted_server.play(data, faults=[Reset(len(data))])
        expect_lost(student, call, good, f"sent {data!r} and broke the connection off")
    scripted_server.play(b"abc", faults=[Reset(3)])
    did = f"We sent b'abc', broke the connection off, and called outcome(sock, 10, {LONG}) twice"
    first, second = in_turn(student, [("outcome", 10, LONG)] * 2, did)
    if second != LOST:
        raise Mismatch(f"the second call {gave(second)}", did=did, expected="it raises ConnectionLost")
    if first == LOST:  # the reset may come so early that it takes the bytes along, but not always
        scripted_server.play(b"abc")
        did = f"We sent b'abc' and called outcome(sock, 10, {LONG})"
        expect_not_lost(in_turn(student, [("outcome", 10, LONG)], did)[0], did)


# ---- calling


@contextlib.contextmanager
def told_after(did: str):
    """Whatever goes wrong in the student's code is told as having happened after `did`."""
    try:
        yield
    except (Crashed, Mismatch, Missing, Stuck, TimedOut) as fault:
        fault.did = did
        raise


def in_turn(student, calls, did: str) -> list[Answer]:
    """What each of these calls on one and the same connection gave."""
    sock = ConnectedSocket(PORT)
    with told_after(did):
        return student.call_each(MODULE, [(name, sock, *arguments) for name, *arguments in calls], lost="ConnectionLost")


def on_each(student, count: int, call, did: str) -> list[Answer]:
    """What the same call gave on each of so many connections."""
    name, *arguments = call
    calls = [(name, ConnectedSocket(PORT), *arguments) for _ in range(count)]
    with told_after(did):
        return student.call_each(MODULE, calls, lost="ConnectionLost")


def outcomes(student, arguments, did: str) -> list[Answer]:
    """What outcome() gave, each time."""
    return in_turn(student, [("outcome", *some) for some in arguments], did)


def is_right_alone(student, scripted_server, call, wanted: bytes, sent: bytes, faults=()) -> bool:
    scripted_server.play(sent, faults=faults)
    try:
        return in_turn(student, [call], "")[0] == Answer(wanted)
    except (Crashed, Mismatch, Missing, Stuck, TimedOut):
        return False


def expect_outcomes(found: list[Answer], wanted: list[str], did: str) -> None:
    if found != [Answer(text) for text in wanted]:
        lost = found.index(LOST) + 1 if LOST in found else len(found)  # after that come no more
        happened = ", then it ".join(gave(one) for one in found[:lost])
        raise Mismatch(f"it {happened}", did=did, expected=", ".join(map(repr, wanted)))


def expect_lost(student, call, good: bytes, *what_we_did: str) -> None:
    """One connection for each thing that we do on it; `call` must raise ConnectionLost on all of them, not when `good` comes."""
    did = [f"We called {spoken(call)} and {text}" for text in (f"sent {good!r}", *what_we_did)]
    try:
        found = on_each(student, len(did), call, "; on another connection we ".join([did[1], *what_we_did[1:]]))
    except (Crashed, Stuck, TimedOut) as fault:
        fault.expected = "it raises ConnectionLost"
        raise
    expect_not_lost(found[0], did[0])
    for text, one in zip(did[1:], found[1:], strict=True):
        if one != LOST:
            raise Mismatch(f"it {gave(one)}", did=text, expected="it raises ConnectionLost")


def expect_not_lost(one: Answer, did: str) -> None:
    if one == LOST:
        raise Mismatch("it raised ConnectionLost", did=did, expected="no exception when everything comes")


def expect_same_for_every_split(student, scripted_server, data: bytes, call, other: bytes) -> None:
    """Call the function on a new connection for each way to cut `data`: it gives what it gave when they came whole.

    For `other` data of the same length it gives something else.
    """
    did = called(call[0], data, *call[1:])
    scripted_server.play(data)
    scripted_server.play(other)
    whole, for_other = on_each(student, 2, call, did)
    expect_not_lost(whole, did)
    if whole == for_other:
        raise Mismatch(f"it {gave(whole)}, as it did when we sent {shown(other)}", did=did, expected="it returns what we sent")

    def attempt(faults):
        scripted_server.play(data, faults=faults)
        expect_same(in_turn(student, [call], did)[0], whole, did)

    try_every_split(data, attempt)


def expect_same(one: Answer, other: Answer, did: str, when: str = "whole") -> None:
    if one != other:
        raise Mismatch(f"it {gave(one)}", did=did, expected=f"the same as when it came {when}: it {gave(other, 'returns')}")


def expect_returned(one: Answer, wanted: bytes, did: str, who: str = "it") -> None:
    if one == LOST:
        raise Mismatch(f"{who} raised ConnectionLost", did=did, expected=f"{who} returns {shown(wanted)}")
    expect_bytes(one.value, wanted, did, who)


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


def gave(one: Answer, verb: str = "returned") -> str:
    return "raised ConnectionLost" if one == LOST else f"{verb} {shown(one.value)}"


def timeout_in_words(seconds: float | None) -> str:
    return "no timeout" if seconds is None else f"a timeout of {seconds:g} seconds"


def called(function: str, data: bytes, *arguments: int) -> str:
    return f"We called {spoken((function, *arguments))} and sent {shown(data)}"


def spoken(call) -> str:
    name, *arguments = call
    return f"{name}({', '.join(['sock', *map(str, arguments)])})"


def shown(value) -> str:
    text = repr(value)
    if len(text) <= 120:
        return text
    return f"{text[:100]} …" + (f" ({len(value):,} bytes)" if isinstance(value, bytes) else "")


def counted(size: int) -> str:
    return "1 byte" if size == 1 else f"{size} bytes"


def some_letters(rng: Random, count: int) -> bytes:
    return "".join(rng.choices(string.ascii_letters, k=count)).encode()


def some_words(rng: Random) -> bytes:
    return b" ".join(some_letters(rng, rng.randint(3, 8)) for _ in range(4))
