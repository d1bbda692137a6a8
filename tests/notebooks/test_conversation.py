"""Conversations in a notebook: which rows are messages, when a conversation is complete, and which a server would have."""

from __future__ import annotations

import json

import pytest
from nbformat import v4

from grader.checks.conversation import expect_conversation, play_conversation
from grader.errors import CourseError, Mismatch
from grader.notebooks import cells
from grader.notebooks.conversation import (
    EMPTY,
    MISSING,
    NO_TABLE,
    ONLY_THE_EXAMPLE,
    PLACEHOLDER,
    TOO_LONG,
    TOO_MANY,
    Conversation,
    Message,
    conversations,
    judge_conversation,
    plain,
    plain_name,
)
from grader.notebooks.rehearsal import NotAccepted, Played, play_chat, play_daytime

HEAD = "| who | to whom | message |\n|---|---|---|\n"
EXAMPLE = HEAD + "| guest | waiter | We would like to pay. |\n| waiter | guest | Here is the bill. |"
PLACEHOLDERS = HEAD + "| _who_ | _to whom_ | _the message_ |"
SHOP = [
    ("customer", "baker", "Two loaves of rye bread, please."),
    ("baker", "customer", "That makes seven euros, please."),
    ("customer", "baker", "(pays)"),
]
DOOR = [("visitor", "host", "(knocks three times)"), ("host", "visitor", "Come in, the door is open!")]


def table(rows: list[tuple[str, ...]]) -> str:
    return HEAD + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def prompt(name: str, text: str) -> str:
    return f"<!-- conversation: {name} -->\n### What is said in the {name}\n\n{text}"


def notebook(**answers: str) -> bytes:
    """The given notebook, with answers in place of the placeholders."""
    texts = {"shop": PLACEHOLDERS, "door": PLACEHOLDERS} | answers
    sources = [f"# Talk\n\nAn example:\n\n{EXAMPLE}", *(prompt(*item) for item in texts.items())]
    return json.dumps(v4.new_notebook(cells=[v4.new_markdown_cell(source) for source in sources])).encode()


GIVEN = notebook()


def found(data: bytes) -> dict[str, Conversation]:
    return conversations(cells.read(GIVEN), cells.read(data))


def shop(text: str) -> Conversation:
    return found(notebook(shop=text))["shop"]


def said(conversation: Conversation) -> list[tuple[str, str, str]]:
    return [(message.sender, message.receiver, message.text) for message in conversation.messages]


def fault(text: str, *, at_least: int = 3, parties: int = 2, door: str = table(DOOR)) -> str:
    all_ = found(notebook(shop=text, door=door))
    return judge_conversation("shop", all_, cells.read(GIVEN), at_least=at_least, parties=parties)


# which rows are messages


@pytest.mark.parametrize(
    "text",
    [
        table(SHOP),
        "\n".join(f"| {' | '.join(row)} |" for row in SHOP),
        "who|to whom|message\n-|-|-\n" + "\n".join("|".join(row) for row in SHOP),
        "From | To | Text\n:--|:-:|--:\n" + "\n".join("  |  ".join(row) for row in SHOP),
        "| No | Message | Sender | Receiver |\n|---|---|---|---|\n"
        + "\n".join(f"| {number} | {row[2]} | {row[0]} | {row[1]} |" for number, row in enumerate(SHOP)),
        "\n".join(f"> | **{a}** | _{b}_ | *{c}* |" for a, b, c in SHOP[:2]) + "\n> | customer | `baker` | (pays) |",
        PLACEHOLDERS + "\n" + "\n".join(f"| {' | '.join(row)} |" for row in SHOP) + "\n|  |  |  |",
        table(SHOP[:1]) + "\n\nAnd then, a|b:\n\n" + table(SHOP[1:]),
        "Bread | and butter.\n\n" + table(SHOP),
        EXAMPLE + "\n\n" + table(SHOP),
    ],
)
def test_a_table_is_read_however_it_is_written(text: str) -> None:
    assert said(shop(text)) == SHOP


def test_a_row_keeps_what_it_lacks_and_puts_a_message_with_bars_together() -> None:
    rows = [("Ann", "Joe"), ("Ann", "", "hi"), ("Ann", "Joe", "one", "two"), ("Ann", "Joe", r"one \| two")]
    assert said(shop(table(rows))) == [
        ("Ann", "Joe", ""),
        ("Ann", "", "hi"),
        ("Ann", "Joe", "one|two"),
        ("Ann", "Joe", "one | two"),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("`ADD Ann\\n`", "ADD Ann\\n"),
        ("`` `a` \\| *b* ``", "`a` | *b*"),
        ("**_very_ loud**", "very loud"),
        ("56259 UTC(NIST) *", "56259 UTC(NIST) *"),
        ("56259 UTC\\(NIST\\) \\*", "56259 UTC(NIST) *"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("O&#39;Hara &amp; I", "O'Hara & I"),
        ("\\\\n", "\\n"),
    ],
)
def test_mark_up_is_not_a_part_of_a_cell(cell: str, text: str) -> None:
    assert plain(cell) == text


def test_a_name_is_compared_without_capitals_blanks_and_remarks() -> None:
    assert plain_name(" **Ann**  Lee (client)") == plain_name("ann lee") == "ann lee"
    assert plain_name("(Ann)") == "(ann)"
    assert Message("server", "Ann, Joe and Mia", "", 1).receivers == ("ann", "joe", "mia")
    assert Message("server", "the band", "", 1).receivers == ("the band",)


def test_of_copied_cells_the_last_with_a_message_counts() -> None:
    content = json.loads(notebook(shop=table(DOOR)))
    content["cells"][2:2] = [v4.new_markdown_cell(prompt("shop", text)) for text in (table(SHOP), PLACEHOLDERS)]
    assert said(found(json.dumps(content).encode())["shop"]) == SHOP


def test_a_table_in_a_cell_of_its_own_below_counts() -> None:
    content = json.loads(GIVEN)
    content["cells"][2:2] = [v4.new_markdown_cell("My answer:"), v4.new_markdown_cell(table(SHOP))]
    all_ = found(json.dumps(content).encode())
    assert said(all_["shop"]) == SHOP
    assert all_["door"].fault == PLACEHOLDER


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PLACEHOLDERS, PLACEHOLDER),
        ("", EMPTY),
        (HEAD + "| | | |", EMPTY),
        (EXAMPLE, ONLY_THE_EXAMPLE),
        ("The customer asks for bread, and the baker names the price.", NO_TABLE),
    ],
)
def test_where_there_is_no_message_the_reason_is_told(text: str, why: str) -> None:
    assert shop(text) == Conversation((), 2, why)


def test_a_conversation_whose_cell_is_gone_is_missing() -> None:
    content = json.loads(GIVEN)
    del content["cells"][1]
    assert found(json.dumps(content).encode())["shop"] == Conversation((), 0, MISSING)


def test_a_cell_full_of_marks_is_read_at_once() -> None:
    marks = table([("*" * 50_000, "`a" * 50_000, "*a " * 50_000), ("_a " * 50_000, "b", "**x" * 50_000)])
    assert len(shop(marks).messages) == 2


def test_a_conversation_without_end_is_no_conversation() -> None:
    assert shop(table([("a", "b", f"message {number}") for number in range(3000)])).fault == TOO_MANY
    assert shop(table([("a", "b", "long " * 400)] * 30)).fault == TOO_LONG


# what makes a conversation complete


def test_a_complete_conversation_has_no_fault() -> None:
    assert fault(table(SHOP)) == ""
    assert fault(table([*SHOP, ("baker", "everyone", "👋")])) == ""


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([*SHOP, ("", "baker", "Bye!")], "message 4 has no sender"),
        ([*SHOP, ("customer", "—", "Bye!")], "message 4 has no receiver"),
        ([*SHOP, ("customer", "baker")], "message 4 has no text"),
        ([*SHOP, ("customer", "_to whom_", "Bye!")], "message 4 still has the placeholder 'to whom'"),
        ([*SHOP, ("customer", "baker", "The message")], "message 4 still has the placeholder 'The message'"),
        ([*SHOP, ("customer", "**Customer**", "Do I need milk?")], "in message 4 customer speaks to Customer"),
        ([SHOP[0], SHOP[2], ("customer", "baker", "I want my bread!")], "only customer speaks"),
        (SHOP[:2], "2 of at least 3 messages are there"),
        ([*SHOP[:2], SHOP[0]], "only 2 different messages are its own"),
        ([*SHOP[:2], ("baker", "customer", "*Here* is the bill")], "only 2 different messages are its own"),
        ([*SHOP[:2], DOOR[1]], "only 2 different messages are its own"),
        ([("a", "b", "x"), ("b", "a", "y"), ("a", "b", "z")], "all its messages together have fewer than 10 letters"),
    ],
)
def test_what_is_missing_is_said(rows: list[tuple[str, ...]], says: str) -> None:
    assert fault(table(rows)).startswith(says)


def test_a_short_message_may_stand_elsewhere_too() -> None:
    assert fault(table([*SHOP[:2], ("customer", "baker", "Thank you")]), door=table([("a", "b", "Thank you!"), *DOOR])) == ""


@pytest.mark.parametrize(
    "sentence", ["{who} says line {number} to {whom}.", "この会話の{number}番目の言葉です", "Satz Nummer {number}, von {who}"]
)
def test_messages_that_differ_in_names_and_numbers_only_do_not_count(sentence: str) -> None:
    people = [("customer", "baker"), ("baker", "customer")] * 2
    rows = [(who, whom, sentence.format(who=who, whom=whom, number=number)) for number, (who, whom) in enumerate(people)]
    says = "4 of its messages differ from others in the notebook in names and numbers only, so these do not count"
    assert fault(table(rows)) == says
    assert fault(table([*rows, *SHOP])) == ""  # beside three of its own they do no harm


def test_three_people_may_say_nearly_the_same() -> None:
    greetings = [(who, whom, f"Nice to meet you, {whom}!") for who, whom in [("Ann", "Joe"), ("Joe", "Ann"), ("Joe", "Kim")]]
    assert fault(table(greetings)) == ""


def test_the_people_are_counted_and_everyone_is_nobody() -> None:
    assert fault(table([*SHOP, ("baker", "everyone", "We close now.")]), parties=3) == "only 2 people take part"
    assert fault(table([*SHOP, ("baker", "customer and his child", "We close now.")]), parties=3) == ""


def test_everyone_who_speaks_is_somebody() -> None:
    rows = [("conductor", "everyone", "(raises the baton)"), ("everyone", "conductor", "(breathes)")]
    assert fault(table([*rows, ("conductor", "everyone", "(gives the beat)")])) == ""
    rows.append(("everyone", "hall", "(plays)"))
    assert fault(table(rows), parties=3) == ""
    assert fault(table(rows), parties=4) == "only 3 people take part"


# conversations with a daytime server

CONNECTS, CLOSES = ("client", "server", "(connects)"), ("server", "client", "(closes the connection)")
LINE = "58683 19-07-19 20:17:40 50 0 0 401.5 UTC(NIST) *"


def messages(*rows: tuple[str, str, str]) -> list[Message]:
    return [Message(*row, number) for number, row in enumerate(rows, start=1)]


@pytest.mark.parametrize("text", [f"\\n{LINE} \\n", LINE, f"<br>{LINE}<br />", f'"\\n{LINE}\\n"', LINE.replace("401.5", "  1.5")])
def test_a_line_of_nist_is_accepted(text: str) -> None:
    assert play_daytime(messages(CONNECTS, ("time.nist.gov", "client", text), CLOSES)) == Played(opened=True, closed=True)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("It is a quarter past eight.", "has not the form"),
        (LINE.replace("58683", "58684"), "day 58684 is 19-07-20, but the line says 19-07-19"),
        (LINE.replace("20:17:40", "25:17:40"), "hour must be in 0..23"),
        (LINE.replace("58683", "5868399999"), "has not the form"),
        (LINE.replace("401.5", "nan"), "has not the form"),
        (LINE.removesuffix(" *"), "has not the form"),
        ("\ud800", "has not the form"),
    ],
)
def test_another_line_is_not(line: str, why: str) -> None:
    with pytest.raises(NotAccepted, match=why) as refusal:
        play_daytime(messages(CONNECTS, ("server", "client", line)))
    assert str(refusal.value).startswith("message 2 (server to client): NIST's server would not send '")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([CONNECTS, CLOSES], "the server sends no line"),
        ([("client", "server", "connects"), ("server", "client", LINE)], "message 1 .* the client sends something"),
        ([("server", "client", LINE), ("server", "client", LINE)], "message 2 .* this is a second one"),
        ([("Ann", "Joe", LINE)], "call it `server`"),
        ([("server", "server", LINE)], "does not speak to itself"),
    ],
)
def test_a_daytime_conversation_is_one_line_of_the_server(rows: list[tuple[str, str, str]], why: str) -> None:
    with pytest.raises(NotAccepted, match=why):
        play_daytime(messages(*rows))


@pytest.mark.parametrize(
    ("rows", "opened", "closed"),
    [
        ([("server", "client", LINE)], False, False),
        ([("server", "client", LINE), CONNECTS, CLOSES], False, True),
        ([CONNECTS, CLOSES, ("server", "client", LINE)], True, False),
        ([CONNECTS, ("server", "client", LINE), ("client", "server", "(closes)")], True, False),
        ([CONNECTS, ("server", "client", "(accepts)"), ("server", "client", LINE), CLOSES, CONNECTS], True, True),
    ],
)
def test_who_opens_and_who_closes_is_seen(rows: list[tuple[str, str, str]], opened: bool, closed: bool) -> None:
    played = play_daytime(messages(*rows))
    assert (played.opened, played.closed) == (opened, closed)


# conversations in a chat room


def to(text: str, who: str = "Ann") -> tuple[str, str, str]:
    return (who, "server", text)


def of(text: str, whom: str = "Ann") -> tuple[str, str, str]:
    return ("server", whom, text)


JOINED = [to("ADD Ann\\n"), of("NEW Ann\\n"), to("ADD Joe\\n", "Joe"), of("NEW Joe\\n", "everyone")]
QUIT = [to("QUIT\\n"), of("GOODBYE\\n"), of("(closes)"), of("LEFT Ann\\n", "Joe")]


def test_a_whole_conversation_is_accepted() -> None:
    talk = [to("MESSAGE hi\\n"), of("MESSAGE Ann\\nhi\\n", "Ann and Joe"), to("PRIVATE Ann\\nyes?\\n", "Joe")]
    played = play_chat(messages(to("(connects)"), *JOINED, *talk, of("PRIVATE Joe\\nyes?\\n"), *QUIT, to("(closes, too)")))
    assert played == Played(kinds=("ADD", "MESSAGE", "PRIVATE", "QUIT"), joined=2, stayed=("Joe",))


@pytest.mark.parametrize(
    "rows",
    [
        [to("PRIVATE Joe\\n"), to("how are you?\\n"), of("PRIVATE Ann\\n", "Joe"), of("how are you?\\n", "Joe")],
        [to("MESSAGE a\\nMESSAGE b\\n"), of("MESSAGE Ann\\na\\nMESSAGE Ann\\nb\\n", "Ann, Joe")],
        [to("MESSAGE a"), of("MESSAGE Ann\\na", "everyone (Ann and Joe)")],
        [to("MESSAGE a<br>"), of("MESSAGE Ann<br>a<br>", "joe"), of('b"MESSAGE Ann\\\\na\\\\n"', "ANN")],
        [to("PRIVATE nobody\\nhello?\\n"), *QUIT],
        [to("(leaves without a word)"), of("LEFT Ann\\n", "the others")],
        [to("(waves)"), of("(accepts)")],
    ],
)
def test_rows_and_messages_need_not_be_the_same(rows: list[tuple[str, str, str]]) -> None:
    assert play_chat(messages(*JOINED, *rows)).untold == ()


def test_everyone_may_be_one_when_a_message_goes_to_all_who_are_there() -> None:
    rows = [to("ADD Ann\\n"), of("NEW Ann\\n", "everyone"), *JOINED[2:], *QUIT[:3], of("LEFT Ann\\n", "everyone")]
    assert play_chat(messages(*rows)).untold == ()


def test_a_client_may_be_called_otherwise_than_it_calls_itself() -> None:
    rows = [
        to("ADD Ann\\n", "client 1"),
        of("NEW Ann\\n", "client 1"),
        to("MESSAGE hi\\n", "Client 1"),
        of("MESSAGE Ann\\nhi\\n"),
    ]
    assert play_chat(messages(*rows)).untold == ()


def test_who_has_left_may_come_back() -> None:
    again = [to("(connects again)"), to("ADD Ann\\n")]
    played = play_chat(messages(*JOINED, *QUIT, *again))
    assert played.joined == 2
    assert played.stayed == ("Ann", "Joe")
    with pytest.raises(NotAccepted, match="Ann has left already"):
        play_chat(messages(*JOINED, *QUIT, again[1]))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([to("HELLO\\n")], r"message 5 \(Ann to server\): the server does not know what 'HELLO' means"),
        ([to("MESSAGE Ann\\nhi\\n")], "does not know what 'hi' means"),
        ([to("ADD Ann\\n")], "Ann has joined already"),
        ([to("ADD \\n", "Mia")], "ADD needs a name"),
        ([to("MESSAGE hi\\n", "Mia")], "Mia has not joined yet"),
        ([*QUIT, to("MESSAGE hi\\n")], "Ann has left already"),
        ([to("(disconnects)"), to("MESSAGE hi\\n")], "Ann has left already"),
        ([of("NEW Ann\\n", "Joe")], "the server has no reason to say 'NEW Ann.*' to Joe here"),
        ([to("MESSAGE hi\\n"), of("MESSAGE Joe\\nhi\\n")], "the server says 'MESSAGE Ann.*hi.*' to Ann here, not 'MESSAGE Joe"),
        ([to("MESSAGE hi\\n"), of("hi\\n", "everyone")], "there is nobody to whom the server would say 'hi"),
        (
            [to("PRIVATE Joe\\nhi\\n"), of("PRIVATE Ann\\nhi\\n", "everyone")],
            "says 'PRIVATE Ann.*hi.*' to Joe alone, not to everyone",
        ),
        ([to("PRIVATE Joe\\nhi\\n"), of("PRIVATE Ann\\n", "all")], "says 'PRIVATE Ann.*' to Joe alone, not to all"),
        ([to("QUIT\\n"), of("GOODBYE\\n", "everyone")], "says 'GOODBYE.*' to Ann alone, not to everyone"),
        ([to("QUIT\\n"), to("QUIT\\n", "Joe"), of("GOODBYE\\n", "both")], "says 'GOODBYE.*' to Ann alone, not to both"),
        ([of("NEW Joe\\n", "Bob")], "no client 'bob' has said anything"),
        ([of("(closes)")], "closes only when Ann has said QUIT"),
        ([to("QUIT\\n"), of("(closes)")], "before that the server says 'GOODBYE.*' to Ann"),
        ([("Ann", "Joe", "hi")], "everything goes to the server"),
    ],
)
def test_what_the_server_would_not_do_is_refused(rows: list[tuple[str, str, str]], why: str) -> None:
    with pytest.raises(NotAccepted, match=why):
        play_chat(messages(*JOINED, *rows))


def test_who_asks_kindly_hears_of_all_that_the_server_would_have() -> None:
    rows = [to("HELLO\\n"), ("Ann", "Joe", "hi"), to("PRIVATE Joe\\nhi\\n"), of("PRIVATE Ann\\nhi\\n", "everyone"), *QUIT]
    played = play_chat(messages(*JOINED, *rows), kindly=True)
    assert (played.kinds, played.stayed) == (("ADD", "PRIVATE", "QUIT"), ("Joe",))
    assert played.unended == (6,)
    asked = play_daytime(
        messages(CONNECTS, to("What time is it?"), of("Tea time", "client"), of("(closes)", "client")), kindly=True
    )
    assert asked.opened and asked.closed


def test_what_is_left_out_is_named_wherever_it_is_missing() -> None:
    rows = [*JOINED[:1], *JOINED[2:], to("MESSAGE hi\\n"), of("MESSAGE Ann\\nhi\\n"), to("QUIT\\n", "Joe")]
    assert play_chat(messages(*rows)).untold == (
        "'NEW Ann\\n' to Ann",
        "'LEFT Joe\\n' to Ann",
        "'MESSAGE Ann\\nhi\\n' to Joe",
        "'GOODBYE\\n' to Joe",
    )


def test_messages_without_a_newline_are_counted() -> None:
    assert play_chat(messages(to("(connects)"), to("ADD Ann"), of("NEW Ann"))).unended == (2, 3)


# what a check says


def test_a_check_tells_what_is_missing_and_where() -> None:
    expect_conversation(GIVEN, notebook(shop=table(SHOP)), "shop", at_least=3)
    with pytest.raises(Mismatch, match=r"^only baker speaks$") as caught:
        expect_conversation(GIVEN, notebook(door=table([SHOP[1]])), "door", at_least=3)
    assert caught.value.did == "We read your conversation door (cell 3)"
    with pytest.raises(Mismatch, match="2 people") as caught:
        expect_conversation(GIVEN, notebook(door=table(SHOP)), "door", at_least=3, parties=3)
    assert caught.value.expected.endswith("there are 3 people")


def test_a_check_plays_a_conversation() -> None:
    assert play_conversation(GIVEN, notebook(shop=table(JOINED)), "shop", "chat").joined == 2
    assert play_conversation(GIVEN, notebook(shop=table([CONNECTS, of(LINE, "client")])), "shop", "daytime").opened
    for text in (PLACEHOLDERS, table(SHOP)):
        with pytest.raises(Mismatch) as caught:
            play_conversation(GIVEN, notebook(shop=text), "shop", "chat")
        assert caught.value.did == "We played your conversation shop (cell 2) with our chat server"


def test_a_broken_notebook_is_the_students_fault_and_an_unknown_conversation_the_authors() -> None:
    with pytest.raises(Mismatch, match="the file is empty"):
        expect_conversation(GIVEN, b"", "shop", at_least=1)
    with pytest.raises(CourseError, match="no marker for the conversation market"):
        play_conversation(GIVEN, GIVEN, "market", "chat")
    with pytest.raises(CourseError, match="cannot be read"):
        expect_conversation(b"[]", GIVEN, "shop", at_least=1)
