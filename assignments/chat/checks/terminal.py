"""The student's chat client at a terminal, with the fake server that it talks to. Its checks are not in here.

A client with words of its own loses the points for the words, and is compared with itself elsewhere, as a server is in `room`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from grader.checks import Mismatch, Missing, Program, SplitAt, Stuck, StudentFault, TimedOut, visible

from .lines import new, short

CLIENT = "chat_client.py"


class Terminal:
    """The student's client at a terminal, the fake server it talks to, and the user's name."""

    def __init__(self, program: Program, chat_server, name: str) -> None:
        self.program = program
        self.server = chat_server
        self.name = name
        self.did = f"We typed the name '{name}'"
        self._seen = 0
        self._printed = 0

    def types(self, line: str, pattern: str) -> None:
        """Type a line and wait until the server has got what `pattern` says, with or without LFs around it."""
        before = len(self.server.received)
        self.did = f"We typed '{visible(line)}'"
        wanted = re.compile(pattern.encode())
        self.program.send_line(line)
        try:
            self.server.wait_until(
                lambda received: bool(wanted.fullmatch(received[before:].strip(b"\n"))),
                expected=f"the client sends '{visible(pattern.replace(chr(92), '').replace('(?: )?', ''))}'",
            )
        except (Missing, TimedOut, Stuck) as fault:
            fault.did = self.did
            raise

    def gives_the_name(self) -> None:
        """Type the name, and wait until the server has got it, in whatever message, or the client waits for more to be typed."""
        name = self.name.encode()
        self.program.send_line(self.name)
        self.program.wait_until_it_reads(
            lambda: self.server.has_received(name), expected="the client sends the name, or reads what is typed", did=self.did
        )

    def is_told(self, *messages: str) -> None:
        """The server sends these messages, each in a segment of its own."""
        ends, data = [], b""
        for text in messages:
            data += text.encode()
            ends.append(len(data))
        self.did = f"The server sent '{visible(data)}'"
        self.server.send(data, faults=[SplitAt(ends)])

    def shows(self, *wanted: str) -> None:
        """What is announced with ==> from here on must become `wanted`."""
        last = wanted[-1]
        self.program.wait_until(lambda: last in self.announced(), expected=f"the program prints '{short(last)}'", did=self.did)
        announced = self.announced()
        if announced != list(wanted):
            raise Mismatch(
                f"the program printed '{short(' | '.join(announced))}'",
                did=self.did,
                expected=f"the program prints '{short(' | '.join(wanted))}'",
            )
        self._seen += len(announced)

    def rests(self) -> str:
        """Wait until the program can do nothing more before somebody types; return what it has printed since the last rest."""
        self.program.wait_until_it_reads(lambda: False, expected="the program waits for the keyboard", did=self.did)
        printed = self.printed()
        self._printed += len(printed)
        return printed

    def prints(self, wanted: str) -> None:
        """What the program prints next must be `wanted`, all of it, in whatever words."""
        expected = f"the program prints '{short(wanted)}', as for each message alone"
        self.program.wait_until(lambda: len(self.printed()) >= len(wanted), expected=expected, did=self.did)
        if not self.printed().startswith(wanted):
            raise Mismatch(f"the program printed '{short(self.printed())}'", did=self.did, expected=expected)
        self._printed += len(wanted)

    def printed(self) -> str:
        return self.program.output[self._printed :]

    def announced(self) -> list[str]:
        """All new complete lines from their ==> on, without the user's own arrival. A prompt may stand before the ==>."""
        lines = self.program.output.split("\n")[:-1]  # only LF ends a line
        announced = [line[line.index("==>") :].rstrip() for line in lines if "==>" in line]
        return [line for line in announced if line != joined(self.name)][self._seen :]


def joined(name: str) -> str:
    return f"==> {name} has joined the chat room"


def gone(name: str) -> str:
    return f"==> {name} has left the chat room"


def chatting(student, chat_server, name: str) -> Terminal:
    """The client runs, its user has given the name, and the server has said NEW."""
    chat_server.start()
    program = student.start(CLIENT)
    terminal = Terminal(program, chat_server, name)
    terminal.gives_the_name()
    terminal.is_told(new(name))
    return terminal


Usual = Mapping[str, str] | None
"""What a client with words of its own prints for a message alone; None for the right words."""


def compare_client_with_itself(
    student, chat_server, me: str, right: Mapping[str, str], ask: Callable[[Terminal, Usual], None]
) -> None:
    """Start the client and `ask` for the `right` line of each message; ask a client with other words for its own.

    Those are what it prints for each message alone. It has to show the text of a message.
    """
    terminal = chatting(student, chat_server, me)
    try:
        ask(terminal, None)
    except StudentFault:
        terminal.program.kill()
        usual = usual_lines(student, chat_server, me, right)
        shows_texts = all(told.split("\n")[1] in printed for told, printed in usual.items())
        if not usual or not shows_texts or all(right[told] in printed for told, printed in usual.items()):
            raise
    else:
        return
    terminal = chatting(student, chat_server, me)
    terminal.rests()
    ask(terminal, usual)


def usual_lines(student, chat_server, me: str, messages: Iterable[str]) -> dict[str, str]:
    """What a fresh client prints for each of the messages; nothing if it does not get so far."""
    usual: dict[str, str] = {}
    with suppress(StudentFault):
        terminal = chatting(student, chat_server, me)
        terminal.rests()
        for told in messages:
            terminal.is_told(told)
            usual[told] = terminal.rests()
        terminal.program.kill()
        return usual
    return {}
