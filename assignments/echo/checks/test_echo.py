"""The checks of the assignment echo: the server with scripted clients, the client with a fake server, then both together.

A program whose words are wrong loses the points for the words. Where a check asks for something else (pieces, the next client,
a server that hangs up), such a program is compared with itself: it must do what it does when all is well.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

from grader.checks import (
    CloseEarly,
    Mismatch,
    Missing,
    Peer,
    Reset,
    Run,
    SplitAt,
    Stuck,
    StudentFault,
    TimedOut,
    check,
    try_every_split,
    visible,
)

from .running import CLIENT, PORT, Connect, expect_printed, start_server, what_arrived

PROMPT = "Enter a message to echo:"
Echo = Callable[[bytes], bytes]
"""What has to come back for a message."""


# helpers


def words(rng: Random, letters: str = string.ascii_letters + string.digits) -> str:
    """A line nobody can guess, without its newline."""
    return " ".join("".join(rng.choices(letters, k=rng.randint(4, 9))) for _ in range(4))


def some_lines(rng: Random, count: int) -> list[bytes]:
    return [words(rng).encode() + b"\n" for _ in range(count)]


def same(data: bytes) -> bytes:
    """The right echo."""
    return data


def expect_echo(peer: Peer, data: bytes, wanted: bytes, faults: Sequence[SplitAt] = ()) -> None:
    """Send `data` and raise unless `wanted` comes back next. The client stays connected."""
    peer.send(data, faults)
    echo = peer.receive_like(wanted)
    if echo != wanted:
        at = next(offset for offset, byte in enumerate(echo) if wanted[offset] != byte)
        raise Mismatch(
            f"the bytes differ from byte {at + 1} on: the server sent '{visible(echo[at : at + 40])}'",
            did=f"We sent {len(data):,} bytes to your server",
            expected="the same bytes come back" if wanted == data else "what comes back for a message that is sent alone",
            expected_bytes=wanted,
            actual_bytes=echo,
        )


def expect_only_echo(peer: Peer, data: bytes, wanted: bytes) -> None:
    """The same for the only message of a client; then it says that it is done, and nothing more may come."""
    expect_echo(peer, data, wanted)
    expect_no_more(peer, wanted)


def expect_no_more(peer: Peer, came: bytes) -> None:
    """Say that nothing more will be sent, and raise if anything follows what `came`. Who does not close has another check."""
    peer.half_close()
    peer.wait_quietly(lambda: peer.closed_by_server or peer.received_size > len(came), within=0.3)
    if peer.received_size > len(came):
        raise Mismatch(
            f"then more came: '{visible(peer.received[len(came) :][:200])}'",
            did=f"We got {len(came):,} bytes back from your server, as we should, and sent the end of the data",
            expected="nothing more comes back",
        )


def expect_next_is_served(connect: Connect, data: bytes, wanted: bytes, after: str) -> Peer:
    """Connect again and raise unless the server answers `data` with `wanted`; the fault says what happened before, `after`."""
    try:
        peer = connect(PORT)
        expect_only_echo(peer, data, wanted)
    except StudentFault as fault:
        fault.did = f"{after}; then the next client sent '{visible(data)}'"
        if wanted == data:
            fault.expected = "the same bytes come back"
        raise
    return peer


def compare_with_itself(student, connect: Connect, messages: Sequence[bytes], ask: Callable[[Echo], None]) -> None:
    """Start the server and `ask` for the right echo; ask a server with another one for its own.

    Its own is what it sends back for each of the `messages` alone, to the first client of a fresh server.
    """
    server = start_server(student)
    try:
        ask(same)
    except StudentFault:
        server.kill()
        usual = usual_echo(student, connect, messages)
        if not usual:
            raise
    else:
        return
    start_server(student)
    ask(usual.__getitem__)


def usual_echo(student, connect: Connect, messages: Sequence[bytes]) -> dict[bytes, bytes]:
    """What the server sends back for each message; nothing if it does not depend on the message, or is right for a short line."""
    usual: dict[bytes, bytes] = {}
    short_line = messages[0][-12:]
    try:
        for message in (short_line, *messages):
            server = start_server(student)
            answer = whole_answer(connect(PORT), message)
            server.kill()
            if not answer or answer in usual.values() or answer == short_line:
                return {}
            usual[message] = answer
    except StudentFault:
        return {}
    return usual


def whole_answer(peer: Peer, message: bytes) -> bytes:
    """All that comes back for `message`, from a client that then says it is done; nothing if that is far too much.

    Whether the server closes the connection then is for another check to say.
    """
    most = 10 * len(message) + 1000
    peer.send(message)
    peer.half_close()
    peer.wait_quietly(lambda: peer.received_size >= len(message))
    peer.wait_quietly(lambda: peer.closed_by_server or peer.received_size > most, within=1)
    return peer.received if peer.received_size <= most else b""


def run_client(student, text: str, meanwhile: str = "") -> Run:
    """Start the client and type `text`. `meanwhile` says what the server does then, if it is not just an echo."""
    did = f"We started {CLIENT} and typed '{visible(text)}'" + (f", and {meanwhile}" if meanwhile else "")
    return student.run(CLIENT, stdin=text + "\n", did=did)


def expect_the_servers_words(run: Run, without_echo: Run | None, text: str) -> None:
    """Raise if the program prints the same when no echo comes: is it the echo that is printed, or the line that was typed?"""
    part = text if text in run.output else ""
    if without_echo and lines_with(without_echo, part) >= lines_with(run, part):
        raise Mismatch(
            f"the program printed {visible(without_echo.output)} all the same",
            did=without_echo.did,
            expected="the program prints what the server has sent",
            hint="Print what recv() has returned, not the line that was typed.",
        )


def lines_with(run: Run, text: str) -> Counter[str]:
    return Counter(line.strip() for line in run.output.split("\n") if text in line)


def expect_a_message(run: Run, usual: Run, text: str) -> None:
    """Raise unless the program says something that it does not say when all is well.

    A line that has only lost its end is nothing new: what stands before an echo is said without one, too.
    """
    run.expect_no_traceback()
    known = " ".join(said(usual, text))
    if all(line in known for line in said(run, text)):
        raise Missing(run.what_it_printed(), did=run.did, expected="a message that tells the user what went wrong")


def said(run: Run, text: str) -> set[str]:
    """The program's own lines, letters only: without the prompt and without the message."""
    own = run.output.replace(text, "").replace(PROMPT, "\n")
    return {"".join(re.findall(r"[^\W\d_]", line)) for line in own.split("\n")} - {""}


# the server


@check(
    hint="accept() gives you a socket for one client: recv() from it, and sendall() the same bytes to it. "
    "The server has to listen on port 9128 of localhost."
)
def test_server_sends_a_line_back(student, connect: Connect, rng: Random):
    """The server sends a line back"""
    line = words(rng).encode() + b"\n"
    start_server(student)
    peer = connect(PORT)
    expect_echo(peer, line, line)
    # Ends at once when the server has nothing more to say.
    if peer.wait_quietly(lambda: len(peer.received) > len(line), within=0.3):
        raise Mismatch(
            f"more came than was sent: '{visible(peer.received[:200])}'",
            did=f"We sent '{visible(line)}'",
            expected="the same line back, once",
        )


@check(hint="An echo server sends back whatever has come, at once. recv() does not wait for a newline; readline() does.")
def test_server_does_not_wait_for_a_newline(student, connect: Connect, rng: Random):
    """The server sends a message back that does not end in a newline"""
    line, *_ = lines = some_lines(rng, 2)

    def ask(echo: Echo) -> None:
        expect_only_echo(connect(PORT), line[:-1], echo(line).removesuffix(b"\n"))

    compare_with_itself(student, connect, lines, ask)


@check(
    hint="One recv() is not enough: go on with recv() and sendall() until recv() returns b'', which means that the client left. "
    "It is no word of a client's that ends it.",
)
def test_server_goes_on_while_the_client_stays(student, connect: Connect, rng: Random):
    """The server echoes message after message for as long as the client stays"""
    lines = some_lines(rng, rng.randint(5, 8))
    lines.insert(rng.randrange(1, len(lines)), b"bye\n")  # a word like any other

    def ask(echo: Echo) -> None:
        peer = connect(PORT)
        for line in lines:
            expect_echo(peer, line, echo(line))
        expect_no_more(peer, b"".join(map(echo, lines)))

    compare_with_itself(student, connect, lines, ask)


@check(
    needs=["server_goes_on_while_the_client_stays"],
    hint="A recv() may bring a part of a message or of a letter, or several messages. Send back what it brought as it is.",
)
def test_server_sends_back_messages_in_pieces(student, connect: Connect, rng: Random):
    """The server sends messages back in whatever pieces they arrive, glued or cut"""
    messages = ["Grüße " + words(rng), words(rng), "".join(rng.choices(string.ascii_letters, k=2100))]
    data = [f"{text}\n".encode() for text in messages]

    def ask(echo: Echo) -> None:
        peer, wanted = connect(PORT), b"".join(map(echo, data))
        try_every_split(data, lambda faults: expect_echo(peer, b"".join(data), wanted, faults))

    compare_with_itself(student, connect, data, ask)


@check(
    hint="After one client has left, the server goes back to accept() and serves the next one, for ever.",
)
def test_server_serves_the_next_client(student, connect: Connect, rng: Random):
    """The server serves one client after another"""
    first, *others = lines = some_lines(rng, 3)

    def ask(echo: Echo) -> None:
        peer = connect(PORT)
        expect_only_echo(peer, first, echo(first))
        for line, number in zip(others, ("One client was", "Two clients were"), strict=True):
            peer.close()
            peer = expect_next_is_served(connect, line, echo(line), f"{number} served and left")

    compare_with_itself(student, connect, lines, ask)


@check(hint="Send back the bytes as they came. Whoever decodes them first gets a UnicodeDecodeError from bytes that are no text.")
def test_server_sends_back_bytes_that_are_not_text(student, connect: Connect, rng: Random):
    """The server sends back bytes that are not text"""
    every_byte = list(range(256))
    rng.shuffle(every_byte)
    data = bytes(every_byte) + b"\n"

    def ask(echo: Echo) -> None:
        peer = connect(PORT)
        if echo is same:
            expect_only_echo(peer, data, data)
        else:  # what its own echo of such bytes should be, nobody can say; but what is no text is not to be touched
            peer.send(data)
            peer.wait_until(lambda received: no_text(received) == no_text(data), "the bytes that are no text come back")

    compare_with_itself(student, connect, some_lines(rng, 2), ask)


def no_text(data: bytes) -> bytes:
    return bytes(byte for byte in data if byte >= 0x80)


@check(hint="A large message arrives in many pieces: recv() in a loop, and sendall() each piece at once.")
def test_server_sends_back_100_kilobytes(student, connect: Connect, rng: Random):
    """The server sends back 100 kilobytes"""
    lines = ["".join(rng.choices(string.ascii_letters + string.digits + " ", k=9_999)).encode() + b"\n" for _ in range(10)]

    def ask(echo: Echo) -> None:
        expect_only_echo(connect(PORT), b"".join(lines), b"".join(map(echo, lines)))

    compare_with_itself(student, connect, lines, ask)


@check(
    needs=["server_serves_the_next_client"],
    hint="When a client leaves without a word, the first recv() returns b''. Close that connection and accept() the next.",
)
def test_server_survives_a_client_that_leaves_at_once(student, connect: Connect, rng: Random):
    """The server goes on when a client connects and leaves at once"""
    line, *_ = lines = some_lines(rng, 2)

    def ask(echo: Echo) -> None:
        connect(PORT, "hasty client").close()
        expect_next_is_served(connect, line, echo(line), "A client connected and left at once")

    compare_with_itself(student, connect, lines, ask)


@check(
    needs=["server_serves_the_next_client"],
    hint="When a client breaks off, recv() or sendall() raises ConnectionResetError or BrokenPipeError. Both are "
    "ConnectionError: catch that, close this connection and go on.",
)
def test_server_survives_a_client_that_breaks_off(student, connect: Connect, rng: Random):
    """The server goes on when a client breaks the connection off in the middle of a message"""
    line, message = lines = some_lines(rng, 2)

    def ask(echo: Echo) -> None:
        connect(PORT, "rude client").send(message, [Reset(len(message) // 2)])
        expect_next_is_served(connect, line, echo(line), "A client sent half a message and broke the connection off")

    compare_with_itself(student, connect, lines, ask)


@check(
    hint="recv() returns b'' when the client has said that it is done. Close its connection then: the client waits for that.",
)
def test_server_closes_when_the_client_is_done(student, connect: Connect, rng: Random):
    """The server closes the connection when the client says that it is done, and not before its echo is complete"""
    data, other = ["".join(rng.choices(string.ascii_letters, k=900)).encode() + b"\n" for _ in range(2)]
    did = f"We sent {len(data):,} bytes to your server, then the end of the data"

    def ask(echo: Echo) -> None:
        peer = connect(PORT)
        peer.send(data)
        peer.half_close()
        came = peer.receive_all(did=did)
        if came != echo(data):
            raise Mismatch(
                f"{len(came):,} bytes came back before the server closed",
                did=did,
                expected="all bytes come back, and then the server closes the connection",
                expected_bytes=echo(data),
                actual_bytes=came,
            )

    compare_with_itself(student, connect, [data, other], ask)


# the client


@check(hint='Ask with input("Enter a message to echo: ").')
def test_client_asks_for_a_message(student, echo_server):
    """The client asks for a message"""
    echo_server.start()
    student.start(CLIENT).wait_for_output(PROMPT)


@check(hint="Send the line with sendall(line.encode()), receive its echo with recv(), and print the echo's decode().")
def test_client_prints_the_echo(student, echo_server, rng: Random):
    """The client sends the line and prints its echo"""
    text = words(rng)
    echo_server.start()
    run = run_client(student, text)
    what_arrived(echo_server, run, text)
    expect_printed(run, text)
    expect_the_servers_words(run, without_an_echo(student, echo_server, text), text)


def without_an_echo(student, echo_server, text: str) -> Run | None:
    """Run the client with a server that hangs up without an echo; None if it then waits for ever: another check says so."""
    echo_server.start(faults=[CloseEarly(0)])
    with suppress(TimedOut, Stuck):
        return run_client(student, text, "the server closed the connection without an echo")
    return None


@check(
    hint="One recv() may bring only a part of the echo. Go on until as many bytes have come back as you sent.",
)
def test_client_reads_an_echo_in_pieces(student, echo_server, rng: Random):
    """The client prints the whole echo when it comes back byte by byte"""
    text = "Grüße " + words(rng, string.ascii_letters + "äöüßéñøčł")
    whole: list[Run] = []  # what it prints when the echo comes whole: that way is tried first

    def attempt(faults):
        before = len(echo_server.connections)
        echo_server.start(faults=faults)
        run = run_client(student, text, "the server sent the echo in pieces")
        line = what_arrived(echo_server, run, text, before)
        came_back = b"".join(connection.sent for connection in echo_server.connections[before:])
        run.expect_no_traceback()
        if not came_back.startswith(line):
            raise Mismatch(
                f"the program left when {len(came_back)} of {len(line)} bytes had come back, and printed {visible(run.output)}",
                did=run.did,
                expected="the program reads the whole echo",
            )
        whole.append(run)
        if run.output != whole[0].output:
            raise Mismatch(
                run.what_it_printed(), did=run.did, expected=f"the same as for a whole echo: {visible(whole[0].output)}"
            )

    try_every_split(text.encode(), attempt)
    expect_the_servers_words(whole[0], without_an_echo(student, echo_server, text), text)
    echo_server.start()
    other = student.run(CLIENT, stdin=words(rng) + "\n")
    if other.output == whole[0].output:
        raise Mismatch(other.what_it_printed(), did=f"{other.did}, another line", expected="what it prints depends on the echo")


@check(
    hint="connect() raises ConnectionRefusedError, an OSError, when no server listens. Catch it and print a message of your own.",
)
def test_client_explains_a_refused_connection(student, echo_server, rng: Random):
    """The client prints a message, no traceback, when there is no server"""
    text = words(rng)
    echo_server.start()
    usual = run_client(student, text)
    echo_server.refuse()
    expect_a_message(run_client(student, text, "no server listened"), usual, text)


@check(
    hint="recv() returns b'' when the server has closed the connection. Say so, and stop waiting for the rest of the echo.",
)
def test_client_explains_an_early_close(student, echo_server, rng: Random):
    """The client prints a message, no traceback, when the server hangs up early"""
    text = words(rng)
    echo_server.start()
    usual = run_client(student, text)
    for sent, what in ((0, "without an echo"), (len(text) // 2, "in the middle of the echo")):
        echo_server.start(faults=[CloseEarly(sent)])
        early = run_client(student, text, f"the server closed the connection {what}")
        early.expect_no_traceback()
        if not sent:
            expect_a_message(early, usual, text)


@check(
    hint="When the server breaks off, recv() or sendall() raises ConnectionResetError or BrokenPipeError, each an OSError. "
    "Catch it around all that you do with the connection, and say so.",
)
def test_client_explains_a_broken_connection(student, echo_server, rng: Random):
    """The client prints a message, no traceback, when the server breaks the connection off"""
    text = words(rng)
    echo_server.start()
    usual = run_client(student, text)
    echo_server.start(faults=[Reset(0)])
    broken = run_client(student, text, "the server broke the connection off without an echo")
    expect_a_message(broken, usual, text)
    echo_server.start(faults=[Reset(len(text) // 2)])
    run_client(student, text, "the server broke the connection off in the middle of the echo").expect_no_traceback()


# both


@check(hint="Start your server in one window and your client in another: who waits for whom? Both use port 9128 of localhost.")
def test_client_and_server_work_together(student, echo_server, rng: Random):
    """Your client gets its echo from your server"""
    text = words(rng)
    without_echo = without_an_echo(student, echo_server, text)
    echo_server.refuse()  # the port is the student's now
    start_server(student)
    run = run_client(student, text)
    expect_printed(run, text)
    expect_the_servers_words(run, without_echo, text)
