"""What a check says about a conversation in a notebook. How it is read, judged and played is not in here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from grader.checks.notebook import open_given, open_handed_in
from grader.errors import CourseError, Mismatch
from grader.notebooks.conversation import Conversation, conversations, judge_conversation

if TYPE_CHECKING:
    from grader.notebooks.rehearsal import Played


class Protocol(StrEnum):
    """The servers that a conversation can be played with."""

    DAYTIME = "daytime"
    CHAT = "chat"


def expect_conversation(given: bytes, data: bytes, name: str, *, at_least: int, parties: int = 2) -> None:
    """The conversation `name` of the student's notebook must be complete: `at_least` messages between `parties` people.

    Raises Mismatch (the student's notebook) and CourseError (the given one cannot be read, or asks for no such conversation).
    """
    all_ = _conversations(given, data, name)
    fault = judge_conversation(name, all_, open_given(given), at_least=at_least, parties=parties)
    if fault:
        people = "both sides speak" if parties == 2 else f"there are {parties} people"
        raise Mismatch(
            fault,
            did=f"We read your conversation {name}{_where(all_[name])}",
            expected=f"at least {at_least} messages in your own words, each with who speaks and to whom; {people}",
        )


def play_conversation(given: bytes, data: bytes, name: str, protocol: str, *, kindly: bool = False) -> Played:
    """Play the conversation `name` of the student's notebook with our `daytime` or `chat` server, and return what came of it.

    `kindly`: messages that the server would not have are passed over, for a check that asks for something else.

    Raises Mismatch where the table and the server part, and CourseError as `expect_conversation`.
    """
    from grader.notebooks import rehearsal  # not above: most sessions play no conversation

    plays = {Protocol.DAYTIME: rehearsal.play_daytime, Protocol.CHAT: rehearsal.play_chat}
    conversation = _conversations(given, data, name)[name]
    did = f"We played your conversation {name}{_where(conversation)} with our {protocol} server"
    expected = f"a conversation that a {protocol} server would have"
    if conversation.fault:
        raise Mismatch(conversation.fault, did=did, expected=expected)
    try:
        return plays[Protocol(protocol)](conversation.messages, kindly=kindly)
    except rehearsal.NotAccepted as refusal:
        raise Mismatch(str(refusal), did=did, expected=expected) from refusal


def _conversations(given: bytes, data: bytes, name: str) -> dict[str, Conversation]:
    found = conversations(open_given(given), open_handed_in(data))
    if name not in found:
        raise CourseError(f"the given notebook has no marker for the conversation {name}")
    return found


def _where(conversation: Conversation) -> str:
    return f" (cell {conversation.cell})" if conversation.cell else ""
