"""What all checks of the assignment echo need: its programs running, and what the client sent and printed. No check in here."""

from __future__ import annotations

from collections.abc import Callable

from grader.checks import Mismatch, Missing, Peer, Program, Run, visible

SERVER, CLIENT, PORT = "echo_server.py", "echo_client.py", 9128
Connect = Callable[..., Peer]


def start_server(student) -> Program:
    server = student.start(SERVER)
    server.wait_until_listening(PORT)
    return server


def what_arrived(echo_server, run: Run, text: str, before: int = 0) -> bytes:
    """What the fake server got after the first `before` connections, without a newline at its end; raise unless it is `text`."""
    connections = [connection for connection in echo_server.connections[before:] if connection.received]
    received = b"".join(connection.received for connection in connections)
    if not received:
        run.expect_no_traceback()
        raise Missing(
            "nothing arrived at the server" if echo_server.connections[before:] else "the program did not connect to port 9128",
            did=run.did,
            expected="the program sends the line to the server",
        )
    line = received.rstrip(b"\r\n")
    if text.isascii() and line != text.encode():
        raise Mismatch(f"the server got '{visible(received)}'", did=run.did, expected=f"the program sends '{visible(text)}'")
    return line


def expect_printed(run: Run, text: str) -> None:
    """Raise unless the program printed `text`, as text."""
    run.expect_no_traceback()
    for wrong in (f"b'{text}", f'b"{text}'):
        if wrong in run.output:
            raise Mismatch(
                f"the program printed the bytes object {visible(wrong)}…",
                did=run.did,
                expected=f"the text {visible(text)} in the output",
                hint="recv() returns bytes. Turn them into text with decode() before you print them.",
            )
    run.expect_in_output(text)
