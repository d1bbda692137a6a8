"""What is told of a check in which nothing can happen any more: every wait once, and the cause that fits the transcript."""

from __future__ import annotations

import pytest

from grader.checks.standstill import stuck
from grader.checks.waiting import Waiting
from grader.errors import Cause, Missing, Place
from grader.model import Entry

LINE = Place("client.py", 3, "data = s.recv(100)")
IN_RECV = Waiting("client.py waits in recv()", LINE, Cause("stuck in recv", "client.py:3"))
IN_INPUT = Waiting("client.py waits in input()", LINE, Cause("stuck in input", "client.py:3"))
TYPED = Entry(0.1, "keyboard", "typed", b"hello\n", 6)
SENT = Entry(0.2, "server", "sent", b"hello\n", 6)


def fault(cause: Cause | None = None) -> Missing:
    return Missing("nothing came", did="we typed", expected="a line", hint="own", cause=cause)


def test_each_wait_is_told_once_and_the_rest_of_the_fault_stays() -> None:
    told = stuck(fault(), [IN_RECV, IN_RECV, Waiting("server.py waits in accept()", None)], [])
    assert told.happened == (
        "nothing came. client.py waits in recv(). server.py waits in accept(). Nobody will send anything more"
    )
    assert (told.did, told.expected, told.hint) == ("we typed", "a line", "own")


def test_the_program_whose_line_is_known_is_the_one_to_show() -> None:
    told = stuck(fault(), [Waiting("server.py waits", None, Cause("stuck at a lock", "server.py")), IN_RECV], [SENT, TYPED])
    assert told.place == LINE
    assert told.cause == Cause("hears the other side only", "client.py:3")


@pytest.mark.parametrize(
    ("waiting", "cause", "entries", "kind"),
    [
        (IN_INPUT, None, [], "stuck in input"),
        (IN_INPUT, Cause("reads nothing", ""), [TYPED, SENT], "hears the keyboard only"),
        (IN_INPUT, None, [TYPED, SENT], None),
        (IN_RECV, None, [SENT, TYPED], "hears the other side only"),
        (IN_RECV, None, [TYPED, SENT], None),
        (IN_RECV, None, [], None),
        (Waiting("", LINE, Cause("stuck in join", "client.py:3")), None, [TYPED], "stuck in join"),
        (Waiting("", LINE), None, [TYPED], None),
    ],
)
def test_the_cause_is_the_one_that_fits_what_was_typed_and_sent(
    waiting: Waiting, cause: Cause | None, entries: list[Entry], kind: str | None
) -> None:
    told = stuck(fault(cause), [waiting], entries).cause
    assert (told.kind if told else None) == kind
