"""Conversations in a notebook: tables of messages, who says what to whom, and how complete they are. No protocol in here.

A conversation answers a prompt, `<!-- conversation: wedding -->`, and is a Markdown table of three columns. What the messages
of a protocol mean is in `rehearsal.py`.
"""

from __future__ import annotations

import functools
import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.notebooks.cells import Notebook
from grader.notebooks.prompts import EMPTY, MISSING, PLACEHOLDER, Answer, answers, plain_texts, words

KEYWORD = "conversation"
ENOUGH_LETTERS = 10
"""A conversation with fewer letters says nothing; `One, two,`, `three, four!`, `(plays)` is one."""

MOST_ALIKE = 3
"""So many messages of a notebook may be alike but for names and numbers: `Nice to meet you, Ann`, and `… Joe`."""

MOST_CHARACTERS = 2000
"""Of one cell of a table; what is longer is no message."""

MOST_MESSAGES = 200
MOST_IN_ALL = 30_000
"""Characters of all messages of a conversation."""
TOO_MANY = f"it has more than {MOST_MESSAGES} messages"
TOO_LONG = f"its messages have more than {MOST_IN_ALL:,} characters together"
_MOST_LAYERS = 8

ONLY_THE_EXAMPLE = "only what the given notebook has"
EVERYBODY = frozenset(
    {"all", "all clients", "all members", "all others", "both", "everybody", "everyone", "everyone else", "everyone in the room"}
    | {"others", "the others", "the room"}
)
"""Receivers that are no person of their own; who speaks is somebody, `everyone` as well."""
NO_TABLE = "there is text, but no table with the columns who, to whom and message"

_COLUMNS = (
    {"who", "from", "sender", "speaker", "who speaks"},
    {"to", "to whom", "whom", "receiver", "recipient"},
    {"message", "what", "text", "words", "says"},
)
_ORDER: tuple[int, ...] = (0, 1, 2)
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")
_CODE = re.compile(r"(`+)(?!`) ?(.+?) ?(?<!`)\1")
_EMPHASIS = re.compile(r"(?<![\w\\])(\*\*|__|\*|_|`)(?=\S)(.{1,400}?)(?<=[^\s\\])\1(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_REMARK = re.compile(r" ?\([^()]*\)$")
_GROUP = re.compile(r"\s*(?:,|;|&|\+|/|\band\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """A row of the table, as a reader sees it: without mark-up."""

    sender: str
    receiver: str
    text: str
    number: int
    """1 for the first message of its conversation."""

    @property
    def receivers(self) -> tuple[str, ...]:
        """Names for comparing; `Ann and Joe` are two."""
        return tuple(name for name in _GROUP.split(plain_name(self.receiver)) if name)

    def __str__(self) -> str:
        return f"message {self.number} ({self.sender} to {self.receiver})"


@dataclass(frozen=True)
class Conversation:
    messages: tuple[Message, ...]
    cell: int
    """Number of the cell that holds it, 1 for the first; 0 if there is none."""
    fault: str = ""
    """Why there are no messages."""


def conversations(given: Notebook, handed_in: Notebook) -> dict[str, Conversation]:
    """Every conversation that the given notebook asks for, by the id in its marker, as it was handed in.

    Rows that the given notebook has (headings, placeholders, the example) are no messages. Of several tables for one prompt (its
    cell was copied) the last one with a message counts.
    """
    found = answers(handed_in, KEYWORD)
    given_rows = {_same(_cells(line)) for text in plain_texts(given) for line in text.splitlines()}
    result = {}
    for name, asked in answers(given, KEYWORD).items():
        tables = [_conversation(one, asked[0], given_rows) for one in found.get(name, [])]
        filled = [one for one in tables if one.messages]
        result[name] = (filled or tables or [Conversation((), 0, MISSING)])[-1]
    return result


def judge_conversation(name: str, all_: dict[str, Conversation], given: Notebook, *, at_least: int, parties: int) -> str:
    """What the conversation `name` lacks to be complete, or an empty string: `at_least` messages between `parties` people.

    Completeness only: whether it is *good* is for a person to say.
    """
    conversation = all_[name]
    messages = conversation.messages
    if conversation.fault:
        return conversation.fault
    placeholders = {
        tuple(words(cell)) for text in plain_texts(given) for row in _rows(text) for cell in row if _is_emphasis(cell)
    }
    for message in messages:
        for cell, what in ((message.sender, "no sender"), (message.receiver, "no receiver"), (message.text, "no text")):
            if not words(cell) and not (cell and cell is message.text):
                return f"message {message.number} has {what}"
            if tuple(words(cell)) in placeholders:
                return f"message {message.number} still has the placeholder {cell!r}"
        if plain_name(message.sender) == plain_name(message.receiver):
            return f"in message {message.number} {message.sender} speaks to {message.receiver}"
    speakers = {plain_name(message.sender) for message in messages}
    if len(speakers) < 2:
        return f"only {messages[0].sender} speaks"
    people = speakers | {name for message in messages for name in message.receivers} - EVERYBODY
    if len(people) < parties:
        return f"only {len(people)} people take part"
    return _not_enough(name, all_, given, at_least)


def plain_name(name: str) -> str:
    """A name for comparing: without mark-up, capitals, superfluous blanks and a remark behind it, `Ann (client)`."""
    whole = " ".join(plain(name).casefold().split())
    return _REMARK.sub("", whole) or whole


@functools.lru_cache(maxsize=4096)  # names are compared again and again
def plain(text: str) -> str:
    """The text of a cell as a reader sees it: without the marks around `**words**`, `\\|` as `|`, `&lt;` as `<`."""
    text = text[:MOST_CHARACTERS]
    code = _CODE.fullmatch(text)
    if code:  # in there nothing is mark-up but the bar
        return code[2].replace("\\|", "|")
    for _ in range(_MOST_LAYERS):
        text = _EMPHASIS.sub(r"\2", text)
    return html.unescape(_ESCAPED.sub(r"\1", text)).strip()


def _not_enough(name: str, all_: dict[str, Conversation], given: Notebook, at_least: int) -> str:
    """Whether too little is left when what was said elsewhere, or already, is taken away."""
    messages = all_[name].messages
    if len(messages) < at_least:
        return f"{len(messages)} of at least {at_least} messages are there"
    others = {word for text in plain_texts(given) for row in _rows(text) for word in [_said(row[-1])]}
    for other, conversation in all_.items():
        if other != name:
            others |= {_said(message.text) for message in conversation.messages}
    stock = _stock_sentences(all_)
    messages_of_its_own = [message for message in messages if _skeleton(message) not in stock]
    own = {_said(message.text) for message in messages_of_its_own} - {said for said in others if len(said) > 2}
    if len(own) < at_least and len(messages_of_its_own) < len(messages):
        alike = len(messages) - len(messages_of_its_own)
        return f"{alike} of its messages differ from others in the notebook in names and numbers only, so these do not count"
    if len(own) < at_least:
        count = "only 1 message is its own" if len(own) == 1 else f"only {len(own)} different messages are its own"
        return f"{count}; one that stands elsewhere in the notebook, too, does not count, nor one that is said twice"
    if sum(map(str.isalpha, "".join(message.text for message in messages))) < ENOUGH_LETTERS:
        return f"all its messages together have fewer than {ENOUGH_LETTERS} letters"
    return ""


def _stock_sentences(all_: dict[str, Conversation]) -> set[tuple[str, ...]]:
    """What more than `MOST_ALIKE` messages of a notebook have in common; of a few letters nobody can say whose they are."""
    counted = Counter(_skeleton(message) for conversation in all_.values() for message in conversation.messages)
    frequent = [skeleton for skeleton, times in counted.items() if times > MOST_ALIKE]
    return {skeleton for skeleton in frequent if len(skeleton) > 2 and sum(map(len, skeleton)) >= ENOUGH_LETTERS}


def _skeleton(message: Message) -> tuple[str, ...]:
    """The words of a message without the names of its two sides and without numbers."""
    names = {*words(message.sender), *words(message.receiver)}
    return tuple(word for word in _said(message.text) if word not in names and not word.isdigit())


def _said(text: str) -> tuple[str, ...]:
    return tuple(words(text))


def _is_emphasis(cell: str) -> bool:
    """Whether a cell of the given notebook is a placeholder: `_to whom_`."""
    return bool(re.fullmatch(r"([_*]).+\1", cell))


def _conversation(answer: Answer, asked: Answer, given_rows: set[tuple[str, ...]]) -> Conversation:
    for text in (answer.text, answer.below):
        rows = [row for row in _rows(text) if any(row) and _same(row) not in given_rows]
        if len(rows) > MOST_MESSAGES:
            return Conversation((), answer.cell, TOO_MANY)
        if sum(min(len(cell), MOST_CHARACTERS) for row in rows for cell in row[: len(_COLUMNS)]) > MOST_IN_ALL:
            return Conversation((), answer.cell, TOO_LONG)
        if rows:
            messages = tuple(_message(row, number) for number, row in enumerate(rows, start=1))
            return Conversation(messages, answer.cell)
    return Conversation((), answer.cell, _why_empty(answer, asked))


def _why_empty(answer: Answer, asked: Answer) -> str:
    rows = {_same(row) for row in _rows(answer.text) if any(row)}
    placeholder = {_same(row) for row in _rows(asked.text)}
    if rows - placeholder:
        return ONLY_THE_EXAMPLE
    if rows:
        return PLACEHOLDER
    more = set(words(f"{answer.text} {answer.below}")) - set(words(asked.text))
    return NO_TABLE if more else EMPTY


def _message(row: Sequence[str], number: int) -> Message:
    sender, receiver, text = (plain(cell) for cell in (*row, "", "")[:3])
    return Message(sender, receiver, text, number)


def _rows(text: str) -> Iterator[tuple[str, ...]]:
    """The rows of all tables in a text, with the columns who, to whom and message in this order, without their headings."""
    table: list[tuple[str, ...]] = []
    for line in [*text.splitlines(), ""]:
        if cells := _cells(line):
            table.append(cells)
        else:
            yield from _rows_of(table)
            table = []


def _rows_of(table: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The same for one table. Without a rule below it, a heading is a row like any other; bars alone make no table."""
    rules = [place for place, cells in enumerate(table) if all(_RULE.fullmatch(cell) for cell in cells)]
    if not rules and any(len(cells) < len(_COLUMNS) for cells in table):
        return
    headings = [place - 1 for place in rules]
    no_rows = {*rules, *headings}
    order = _order(table[headings[0]]) if rules and rules[0] else _ORDER
    for place, cells in enumerate(table):
        if place not in no_rows:
            yield _in_order(cells, order)


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a line of a table; none if it is no such line."""
    line = line.lstrip("> ").strip()
    if not _PIPE.search(line):
        return ()
    cells = [cell.strip() for cell in _PIPE.split(line)]
    first, last = int(not cells[0]), len(cells) - int(not cells[-1] and len(cells) > 1)
    return tuple(cells[first:last])


def _order(heading: Sequence[str]) -> tuple[int, ...]:
    """Where the three columns are, by their headings; the first three if those say something else."""
    names = [plain_name(cell) for cell in heading]
    found = [[place for place, name in enumerate(names) if name in column] for column in _COLUMNS]
    return tuple(places[0] for places in found) if all(len(places) == 1 for places in found) else _ORDER


def _in_order(row: tuple[str, ...], order: tuple[int, ...]) -> tuple[str, ...]:
    """The three columns of a row; a message with an unescaped `|` in it is put together again."""
    if len(row) <= max(order):
        return row
    if order == _ORDER:
        return (*row[:2], "|".join(row[2:]))
    return tuple(row[place] for place in order)


def _same(row: Sequence[str]) -> tuple[str, ...]:
    """A row for comparing."""
    return tuple(" ".join(words(cell)) for cell in row)
