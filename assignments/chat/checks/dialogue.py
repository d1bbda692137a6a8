"""What a person may type and a server may tell a chat client, drawn at random, and what the client must make of it.

The program at its terminal is in `terminal`, the checks are in `test_chat_client`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from grader.checks import Mismatch, Missing, SplitAt, Stuck, TimedOut, visible

from .lines import any_name, any_text, any_words, left, long_list, message, new, private, short
from .terminal import Terminal, gone, joined

ALMOST_PRIVATE = ["private lunch at noon", "private", "private: hi", "privately Joe: hi", "not private Joe: hi"]
TYPED = ["hi all", "see you at 8:30", "quite nice", "quit it", "please quit", "Joe: private", "ADD Max", "QUIT Max"]


def typed_lines(st):
    """A name, and lines: (line, friend, text) for a private message, (line, "", line) for all others."""
    line = st.one_of(st.sampled_from(TYPED), st.sampled_from(ALMOST_PRIVATE), any_words(st), st.just(""))
    secret = st.builds(_private, any_name(st), st.sampled_from([": ", ":"]), any_text(st))
    return st.tuples(
        any_name(st), long_list(st, st.one_of(line.map(lambda line: (line, "", line)), secret)).map(_without_two_empty_lines)
    )


def _private(friend, colon, text):
    return f"private {friend}{colon}{text}", friend, text


def _without_two_empty_lines(lines):
    """What a client has sent for one of them shows with the next line that is not empty."""
    return [line for line, before in zip(lines, [None, *lines], strict=False) if line[0] or before is None or before[0]]


def told_messages(st):
    """What the server sends in one go each time: messages, each with what the client shows for it, and where they are cut."""
    name, text = any_name(st), any_text(st)
    one = st.one_of(
        st.builds(lambda name, text: (message(name, text), f"==> {name}: {text}"), name, text),
        name.map(lambda name: (new(name), joined(name))),
        name.map(lambda name: (left(name), gone(name))),
        st.builds(lambda name, text: (private(name, text), f"==> {name} [private]: {text}"), name, text),
    )
    cuts = st.lists(st.integers(1, 60), max_size=2, unique=True).map(sorted)
    return long_list(st, st.tuples(st.lists(one, min_size=1, max_size=4), cuts), parts=2)


class Typing:
    """What was typed, and all that the client may have sent for it: where the handout leaves it open, that is more than one."""

    def __init__(self, terminal: Terminal) -> None:
        """The client has been given its name."""
        self._terminal = terminal
        self._typed = [terminal.name]
        self._may_have_sent = {f"ADD {terminal.name}\n".encode()}

    def types(self, line: str, *wanted: str) -> None:
        """Type a line; the client must send one of `wanted` for it, and nothing else."""
        self._typed.append(line)
        self._terminal.program.send_line(line)
        begun = min(map(len, self._may_have_sent))
        may_come = {before + text.encode() for before in self._may_have_sent for text in wanted}
        did = f"We typed {', '.join(map(repr, self._typed))}"
        expected = f"the client sends '{visible(wanted[0])}' for '{line}'"

        def is_decided(received: bytes) -> bool:
            return received in may_come or not any(text.startswith(received) for text in may_come)

        try:
            self._terminal.server.wait_until(is_decided, expected)
        except (Missing, TimedOut, Stuck) as fault:
            fault.did = did
            raise
        got = self._terminal.server.received
        self._may_have_sent = {text for text in may_come if text.startswith(got)}
        if not self._may_have_sent:
            raise Mismatch(f"the client sent '{short(got[begun:])}'", did=did, expected=expected)


def wanted_for(line: str, friend: str, text: str) -> Sequence[str]:
    """What the client may send for a line, the likeliest first."""
    if friend:
        return f"PRIVATE {friend}\n{text}\n", f"PRIVATE {friend}\n {text}\n"  # the blank after the colon may stay or go
    return (
        (f"MESSAGE {line}\n", f"MESSAGE {line} \n") if line else ("MESSAGE \n", "MESSAGE\n", "")
    )  # blanks at the end: no matter


def expect_shown(terminal: Terminal, told: Sequence[tuple[Sequence[tuple[str, str]], Sequence[int]]]) -> None:
    """Let the server send what was drawn; the client must show each message, in this order, and nothing else."""
    happened: list[str] = []
    wanted: list[str] = []
    for messages, cuts in told:
        data = "".join(sent for sent, _ in messages).encode()
        places = [cut for cut in cuts if cut < len(data)]
        happened.append(f"'{visible(data)}'" + (f", cut behind byte {' and '.join(map(str, places))}" if places else ""))
        wanted += [shown for _, shown in messages]
        did, expected = f"The server sent {'; then '.join(happened)}", f"the program prints '{' | '.join(wanted)}'"
        terminal.server.send(data, [SplitAt(places or [len(data)])])
        terminal.program.wait_until_it_reads(partial(_is_decided, terminal, wanted), expected=expected, did=did)
        announced = terminal.announced()
        if announced != wanted:
            raise Mismatch(f"the program printed '{visible(' | '.join(announced))}'", did=did, expected=expected)


def _is_decided(terminal: Terminal, wanted: Sequence[str]) -> bool:
    announced = terminal.announced()
    return len(announced) >= len(wanted) or announced != wanted[: len(announced)]
