"""Checks of the number prompt: one answer at a time on a terminal, then whole scripts of answers, a pipe, Ctrl-D and Ctrl-C.

What is printed is judged by three phrases and their order; blanks, line ends and other words do not matter. On a terminal the
next answer is typed only when the program has asked for it.
"""

from __future__ import annotations

import re

from grader.checks import Mismatch, check, visible

PROGRAM = "number_prompt.py"
ASKS = "Enter number from 1 to 10"
OUT_OF_RANGE = "Your number must be from 1 to 10"
NO_INTEGER = "That is not a valid integer"
PHRASES = re.compile("|".join(phrase.replace(" ", r"\s+") for phrase in (ASKS, OUT_OF_RANGE, NO_INTEGER)))

NONE_CAME = (
    "None is what a function gives that ends without return. If yours calls itself to ask again, what that inner call returns "
    "is lost: ask again in a loop."
)

WORDS = ["seven", "ten", "abc", "x3", "4th", "five5", "one two", "hello", "?", "-", "zwölf", "1-10", "#2", "two"]


# ---- one answer at a time


@check(hint='number = input("Enter number from 1 to 10: ") prints the prompt and waits for a line.')
def test_asks_for_a_number(student):
    """Asks for a number and waits for the answer"""
    Talk(student).program.expect_running(did=f"We started {PROGRAM} and typed nothing")


@check(needs=["asks_for_a_number"], hint="A number in the range ends the loop (return or break); then print it.")
def test_prints_the_number_and_ends(student, rng):
    """Prints a number from 1 to 10 that was typed, and ends"""
    for number in rng.sample(range(2, 10), 2):
        Talk(student).type_number(number)


@check(needs=["prints_the_number_and_ends"], hint="1 and 10 are in the range themselves: 1 <= number <= 10.")
def test_accepts_one_and_ten(student):
    """Takes 1 and 10 for numbers from 1 to 10"""
    Talk(student).type_number(1)
    Talk(student).type_number(10)


@check(
    needs=["asks_for_a_number"],
    hint="After int() compare the number with 1 and 10, print 'Your number must be from 1 to 10:' and let the loop ask again.",
)
def test_says_that_a_number_is_out_of_range(student, rng):
    """Says so when a number is less than 1 or more than 10, and asks again"""
    talk = Talk(student)
    numbers = [0, 11, rng.randint(12, 99), rng.randint(1000, 10**12)]
    for number in rng.sample(numbers, len(numbers)):
        talk.type_wrong(number, OUT_OF_RANGE)


@check(
    needs=["says_that_a_number_is_out_of_range"],
    hint="isdigit() is false for '-3', but int('-3') is a number: use int() and catch ValueError.",
)
def test_takes_a_negative_number_for_a_number(student, rng):
    """Says that a negative number is out of range, for it is an integer"""
    talk = Talk(student)
    talk.type_wrong(-rng.randint(1, 10), OUT_OF_RANGE)
    talk.type_wrong(-rng.randint(11, 999), OUT_OF_RANGE)


@check(needs=["asks_for_a_number"], hint="int() raises ValueError for a text: catch it, print the message, and ask again.")
def test_says_that_a_text_is_no_integer(student, rng):
    """Says so when the answer is not a number, and asks again"""
    talk = Talk(student)
    for word in rng.sample(WORDS, 4):
        talk.type_wrong(word, NO_INTEGER)


@check(
    needs=["says_that_a_text_is_no_integer"],
    hint="int('3.5') and int('') raise ValueError as int('abc') does: do not use float() or eval() before it.",
)
def test_takes_no_fraction_and_no_empty_line(student, rng):
    """Says that 3.5 and an empty line are no valid integers"""
    talk = Talk(student)
    for text in rng.sample([f"{rng.randint(1, 9)}.{rng.randint(1, 9)}", "", "  "], 3):
        talk.type_wrong(text, NO_INTEGER)


# ---- scripts of answers


@check(
    needs=["prints_the_number_and_ends", "says_that_a_number_is_out_of_range", "says_that_a_text_is_no_integer"],
    hint="Every answer gets its own message: keep nothing from the answer before, and ask in one place only, inside the loop.",
)
def test_keeps_the_order_of_the_messages(student, rng):
    """Gives each of many wrong answers its own message, one after the other, and takes the right one at the end"""
    for _ in range(2):
        talk = Talk(student)
        for answer, message in wrong_answers(rng):
            talk.type_wrong(answer, message)
        talk.type_number(rng.randint(2, 9))


@check(
    needs=["keeps_the_order_of_the_messages"],
    hint="input() reads a pipe like a keyboard; a number in the range ends the program.",
)
def test_reads_a_pipe_as_well(student, rng):
    """Does the same when its input is a pipe, and leaves what comes after the number"""
    wrong, number = wrong_answers(rng), rng.randint(2, 9)
    answers = [str(answer) for answer, _ in wrong]
    run = student.run(PROGRAM, stdin="\n".join([*answers, str(number), "5", "abc", ""]))
    run.did = f"We ran {PROGRAM} and gave it the lines {listed([*answers, number, 5, 'abc'])} through a pipe"
    run.expect_exit(0)
    wanted = [ASKS] + [phrase for _, message in wrong for phrase in (message, ASKS)]
    # A message may go to stderr. Between two pipes there is no order.
    found = phrases(run.stdout)
    if found != wanted and (not run.stderr or sorted(found + phrases(run.stderr)) != sorted(wanted)):
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"{in_words(wanted)}; then the number and the end")
    expect_number(run.output, number, run.did)


# ---- the end of the input


@check(needs=["asks_for_a_number"], hint="At Ctrl-D input() raises EOFError: catch it outside the loop and let the program end.")
def test_ends_at_ctrl_d(student, rng):
    """Ends without a traceback at Ctrl-D, at the first question or a later one"""
    for answers in ([], [rng.choice([0, 11])]):
        talk = Talk(student)
        for answer in answers:
            talk.type_anything(answer)
        talk.program.end_input()
        talk.expect_quiet_end("pressed Ctrl-D")
    run = student.run(PROGRAM, stdin=f"{rng.randint(11, 99)}\n")
    run.did = f"We gave {PROGRAM} one wrong number through a pipe and closed it"
    run.expect_no_traceback()


@check(
    needs=["asks_for_a_number"],
    hint="Ctrl-C raises KeyboardInterrupt: catch it outside the loop. A bare except: catches it too, and asks again for ever.",
)
def test_ends_at_ctrl_c(student, rng):
    """Ends without a traceback at Ctrl-C, at the first question or a later one"""
    for answers in ([], [rng.choice([0, 11])]):
        talk = Talk(student)
        for answer in answers:
            talk.type_anything(answer)
        talk.program.wait_until_asleep()
        talk.program.interrupt()
        talk.expect_quiet_end("pressed Ctrl-C")


# ---- talking to the program


class Talk:
    """The program on a terminal, which has asked its first question."""

    def __init__(self, student):
        self.program = student.start(PROGRAM)
        self._typed = []
        self._questions = 0
        self._wait_for_question(f"We started {PROGRAM}")
        self.program.wait_until_asleep()

    def type_wrong(self, answer, message):
        """Type an answer that gets `message` and the next question."""
        before = len(phrases(self.program.output))
        self._type(answer)
        self._wait_for_question(self._did())
        came = phrases(self.program.output)[before:]
        if came != [message, ASKS]:
            raise Mismatch(
                f"after {shown(answer)} came {in_words(came)}", did=self._did(), expected=f"{in_words([message, ASKS])}"
            )

    def type_anything(self, answer):
        """Type a wrong answer, whatever the program says to it, and wait until it waits for the next one."""
        before = len(self.program.output)
        self._type(answer)
        self.program.wait_until(
            lambda: len(self.program.output) > before, did=self._did(), expected="the program says what is wrong with it"
        )
        self.program.wait_until_asleep()

    def type_number(self, number):
        """Type the right answer; the program prints it and ends."""
        before = len(self.program.output)
        self._type(number)
        run = self.program.wait_for_end(expected="it prints the number and ends", did=self._did())
        run.expect_exit(0)
        after = run.stdout[before:]
        if phrases(after):
            raise Mismatch(
                f"after {number} came {in_words(phrases(after))}", did=run.did, expected=f"the number {number}, and the end"
            )
        expect_number(after, number, run.did)

    def expect_quiet_end(self, what):
        self.program.wait_for_end(did=f"{self._did()} and {what}").expect_no_traceback()

    def _type(self, answer):
        self._typed.append(answer)
        self.program.send_line(str(answer))

    def _wait_for_question(self, did):
        self._questions += 1
        self.program.wait_until(
            lambda: phrases(self.program.output).count(ASKS) >= self._questions, did=did, expected=f"the program asks '{ASKS}: '"
        )

    def _did(self):
        return f"We started {PROGRAM}" + (f" and typed {listed(self._typed)}" if self._typed else "")


def phrases(text):
    """The three phrases in the order in which they stand in the text, whatever else is around them."""
    return [" ".join(found.split()) for found in PHRASES.findall(text)]


def expect_number(text, number, did):
    last = list(re.finditer(ASKS.replace(" ", r"\s+"), text))
    rest = text[last[-1].end() :] if last else text
    if str(number) not in re.findall(r"(?<![\d.])\d+(?!\.?\d)", rest):
        printed = visible(rest.strip(": "))
        raise Mismatch(
            "after the last question the program printed " + (f"'{printed}'" if printed else "nothing"),
            did=did,
            expected=f"the number {number}",
            hint=NONE_CAME if "None" in rest else "",
        )


def wrong_answers(rng):
    """A random script: wrong answers and the message that each of them gets, both kinds of them in a random order."""
    while True:
        script = [
            (rng.choice([0, 11, rng.randint(12, 5000)]), OUT_OF_RANGE) if rng.random() < 0.5 else (rng.choice(WORDS), NO_INTEGER)
            for _ in range(rng.randint(5, 8))
        ]
        messages = [message for _, message in script]
        if 2 <= messages.count(NO_INTEGER) <= len(script) - 2:
            return script


def shown(answer):
    return f"'{answer}'" if str(answer).strip() != str(answer) or not str(answer) else str(answer)


def listed(answers):
    return ", ".join(map(shown, answers))


def in_words(found):
    return " and then ".join(f"'{phrase}'" for phrase in found) if found else "none of the three phrases"
