"""The checks of the student's chat client with a fake server, and of client and server together. Typing, reading: `terminal`."""

from __future__ import annotations

import string
from functools import partial
from random import Random

from grader.checks import Mismatch, Program, check, scenarios, try_every_split, visible

from .dialogue import Typing, expect_shown, told_messages, typed_lines, wanted_for
from .lines import GOODBYE, left, message, names, new, odd_text, private, short, words
from .room import PORT, SERVER
from .terminal import CLIENT, Terminal, Usual, chatting, compare_client_with_itself, gone, joined

LEFT = "We typed 'quit', and the server sent GOODBYE and closed the connection"


@check(hint='Ask with input("What is your name: "), connect to port 9000 of localhost, and send ADD, the name and a newline.')
def test_client_asks_for_the_name_and_joins(student, chat_server, rng: Random):
    """The client asks for the name and joins the room"""
    chat_server.start()
    program = student.start(CLIENT)
    program.wait_for_output("What is your name:")
    (name,) = names(rng, 1)
    Terminal(program, chat_server, name).types(name, f"ADD {name}")


@check(hint="A second thread (or select) prints what the server sends while the first one waits for the keyboard.")
def test_client_prints_who_comes_and_goes(student, chat_server, rng: Random):
    """The client prints who joins and who leaves while nobody types"""
    me, ann, bob = names(rng, 3)
    terminal = chatting(student, chat_server, me)
    terminal.is_told(new(ann), new(bob), left(ann))
    terminal.shows(joined(ann), joined(bob), gone(ann))


@check(hint="A message has two lines: MESSAGE or PRIVATE with the sender's name, then the text. Print both in one line.")
def test_client_prints_messages(student, chat_server, rng: Random):
    """The client prints messages and private messages"""
    me, ann, bob = names(rng, 3)
    public, secret = words(rng), words(rng)
    terminal = chatting(student, chat_server, me)
    terminal.is_told(message(ann, public), private(bob, secret))
    terminal.shows(f"==> {ann}: {public}", f"==> {bob} [private]: {secret}")


@check(
    hint="`private Joe: how are you?` becomes PRIVATE Joe and the text behind the first colon; any other line becomes MESSAGE."
)
def test_client_sends_what_is_typed(student, chat_server, rng: Random):
    """The client sends what is typed to everyone, or to one friend"""
    me, friend = names(rng, 2)
    text, secret = words(rng), f"{words(rng)}: {words(rng)}"
    terminal = chatting(student, chat_server, me)
    terminal.types(text, f"MESSAGE {text}")
    terminal.types(f"private {friend}: {secret}", f"PRIVATE {friend}\n(?: )?{secret}")
    terminal.types(text[::-1], f"MESSAGE {text[::-1]}")


@check(hint="Send QUIT when the user types quit, and let both threads come to their end: after GOODBYE there is nothing to read.")
def test_client_leaves_on_quit(student, chat_server, rng: Random):
    """The client leaves when the user types quit"""
    (me,) = names(rng, 1)
    terminal = chatting(student, chat_server, me)
    terminal.types("quit", "QUIT")
    chat_server.send(GOODBYE.encode())
    chat_server.close_connection()
    terminal.program.wait_for_end(did=LEFT).expect_no_traceback()


@check(
    hint="One recv() may bring half a line or ten lines. Collect bytes until there is a b'\\n', then decode the line.",
)
def test_client_reads_messages_in_pieces(student, chat_server, rng: Random):
    """The client reads messages that arrive glued or in pieces, byte by byte at the worst"""
    me, ann, bob = names(rng, 3, string.ascii_lowercase + "äöüéñ")
    text, secret, long = words(rng) + " über ½ €", words(rng) + " Grüße", "".join(rng.choices(string.ascii_letters, k=2100))
    right = {
        message(bob, text): f"==> {bob}: {text}",
        new(ann): joined(ann),
        private(ann, secret): f"==> {ann} [private]: {secret}",
        left(ann): gone(ann),
        message(bob, long): f"==> {bob}: {long}",
    }
    *several, one = right

    def ask(terminal: Terminal, usual: Usual) -> None:
        def deliver(faults, told):
            terminal.did = f"The server sent '{short(''.join(told))}'"
            chat_server.send("".join(told).encode(), faults)
            if usual is None:
                terminal.shows(*(right[each] for each in told))
            else:
                terminal.prints("".join(usual[each] for each in told))

        for told in (several, [one]):
            try_every_split([text.encode() for text in told], partial(deliver, told=told))

    compare_client_with_itself(student, chat_server, me, right, ask)


@check(
    hint="Split at '\\n'. str.splitlines() and a text file over the socket (without newline='\\n') end lines elsewhere, too.",
)
def test_client_ends_a_line_at_lf_only(student, chat_server, rng: Random):
    """The client prints text with CR and U+2028 in it unchanged"""
    me, ann, bob = names(rng, 3)
    text, plain = odd_text(rng), words(rng)
    right = {message(ann, plain): f"==> {ann}: {plain}", new(bob): joined(bob)}

    def ask(terminal: Terminal, usual: Usual) -> None:
        terminal.is_told(message(ann, text), new(bob))
        if usual is None:
            terminal.shows(f"==> {ann}: {text}", joined(bob))
        else:
            terminal.prints("".join(usual.values()).replace(plain, text))

    compare_client_with_itself(student, chat_server, me, right, ask)


@check(
    hint="Every line of the protocol ends with '\\n': input() takes it off the typed line, so put it back.",
)
def test_client_follows_the_protocol_to_the_byte(student, chat_server, rng: Random):
    """The client sends exactly the bytes of the protocol"""
    me, friend = names(rng, 2)
    text, secret = f"{words(rng)}\u2028{words(rng)} äöü", words(rng)
    terminal = chatting(student, chat_server, me)
    terminal.types(text, f"MESSAGE {text}")
    terminal.types(f"private {friend}: {secret}", f"PRIVATE {friend}\n(?: )?{secret}")
    terminal.types("quit", "QUIT")
    chat_server.send(GOODBYE.encode())
    chat_server.close_connection()
    terminal.program.wait_for_end(did=LEFT).expect_no_traceback()
    wanted = f"ADD {me}\nMESSAGE {text}\nPRIVATE {friend}\n{secret}\nQUIT\n"
    got = chat_server.received.replace(f"\n {secret}".encode(), f"\n{secret}".encode())  # the blank may stay or go
    if got != wanted.encode():
        raise Mismatch(
            f"the client sent '{visible(got)}'",
            did="We gave a name, typed a message and a private message, and left",
            expected=f"the client sends '{visible(wanted)}'",
            expected_bytes=wanted.encode(),
            actual_bytes=got,
        )


# whatever is typed, whatever comes


@check(
    needs=[
        "client_asks_for_the_name_and_joins",
        "client_sends_what_is_typed",
        "client_follows_the_protocol_to_the_byte",
    ],
    hint="A line is private when it begins with `private` and a blank, and has a colon behind the name: look at all of that.",
)
@scenarios(typed_lines, says="Any other line but `quit` is a MESSAGE, as it was typed", most=7)
def test_client_sends_any_line_as_it_was_typed(student, chat_server, scenario):
    """The client sends any line to whom it is for, as it was typed"""
    name, lines = scenario
    typing = Typing(chatting(student, chat_server, name))
    for line, friend, text in lines:
        typing.types(line, *wanted_for(line, friend, text))
    typing.types("quit", "QUIT\n")


@check(
    needs=[
        "client_prints_who_comes_and_goes",
        "client_prints_messages",
        "client_reads_messages_in_pieces",
    ],
    hint="Take the LF off a line and nothing else; what is behind the first blank is the name, whatever it looks like.",
)
@scenarios(told_messages, says="What stands behind the first blank of a line is a name or a text, all of it", most=5)
def test_client_prints_any_message(student, chat_server, rng: Random, scenario):
    """The client prints any messages, whoever they are from and whatever stands in them"""
    (me,) = names(rng, 1)
    expect_shown(chatting(student, chat_server, me), scenario)


# all together


@check(
    hint="Start your server in one window and your client in two others, and type what the check typed.",
)
def test_client_and_server_work_together(student, rng: Random):
    """Two of your clients chat through your server"""
    ann, bob = names(rng, 2)
    server = student.start(SERVER)
    server.wait_until_listening(PORT)
    text, secret = words(rng), words(rng)
    ann_program = student.start(CLIENT)
    ann_program.send_line(ann)
    expect_line(ann_program, joined(ann), f"{ann} joined")
    bob_program = student.start(CLIENT)
    bob_program.send_line(bob)
    for program in (ann_program, bob_program):
        expect_line(program, joined(bob), f"{bob} joined")
    bob_program.send_line(text)
    for program in (ann_program, bob_program):
        expect_line(program, f"==> {bob}: {text}", f"{bob} typed '{text}'")
    ann_program.send_line(f"private {bob}: {secret}")
    expect_line(bob_program, f"==> {ann} [private]: {secret}", f"{ann} typed 'private {bob}: {secret}'")
    bob_program.send_line("quit")
    bob_program.wait_for_end().expect_no_traceback()
    expect_line(ann_program, gone(bob), f"{bob} typed 'quit'")


def expect_line(program: Program, line: str, did: str) -> None:
    """Wait until the program has printed this line; a prompt may stand before it, and runs of blanks count as one."""
    program.wait_until(
        lambda: any(" ".join(printed.split()).endswith(line) for printed in program.output.split("\n")[:-1]),
        expected=f"the program prints '{line}'",
        did=did,
    )
