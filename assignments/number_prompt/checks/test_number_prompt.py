"""Checks of the number prompt: one answer at a time on a terminal, then whole scripts of answers, a pipe, Ctrl-D and Ctrl-C.

What is printed is judged by three phrases and their order; blanks, line ends and other words do not matter. On a terminal the
next answer is typed when the program has asked for it, or waits for it without a word or with other words: that costs the
question's points. Where a check is about more than a message, the program is compared with itself.
"""

from __future__ import annotations

import re

from grader.checks import Mismatch, StudentFault, check, scenarios, visible

PROGRAM = "number_prompt.py"
ASKS = "Enter number from 1 to 10"
OUT_OF_RANGE = "Your number must be from 1 to 10"
NO_INTEGER = "That is not a valid integer"
PHRASES = re.compile("|".join(phrase.replace(" ", r"\s+") for phrase in (ASKS, OUT_OF_RANGE, NO_INTEGER)))

NONE_CAME = (
    "None is what a function gives that ends without return. If yours calls itself to ask again, what that inner call returns "
    "is lost: ask again in a loop."
)

LONGEST_COMPARED = 200  # characters; nobody looks for one byte in more

WORDS = ["seven", "ten", "abc", "x3", "4th", "five5", "one two", "hello", "?", "-", "zwölf", "1-10", "#2", "two"]


# ---- one answer at a time


@check(hint='number = input("Enter number from 1 to 10: ") prints the prompt and waits for a line. Ask inside the loop, too.')
def test_asks_for_a_number(student, rng):
    """Asks for a number and waits for the answer, and asks again after a wrong one"""
    first = Talk(student)
    first.program.expect_running(did=f"We started {PROGRAM} and typed nothing")
    for talk, again in ((first, ""), (after_a_wrong_answer(student, rng), " again")):
        if talk.questions() <= len(talk.typed):
            fault = Mismatch(talk.what_came(), did=talk.did(), expected=f"the program asks '{ASKS}: '{again}")
            if not again:
                talk.compare(fault, ASKS)
            raise fault


@check(hint="A number in the range ends the loop (return or break); then print it.")
def test_prints_the_number_and_ends(student, rng):
    """Prints a number from 1 to 10 that was typed, and ends"""
    for number in rng.sample(range(2, 10), 2):
        talk = Talk(student)
        expect_number(talk.type_number(number), number, talk.did())


@check(hint="1 and 10 are in the range themselves: 1 <= number <= 10.")
def test_accepts_one_and_ten(student, rng):
    """Takes 1 and 10 for numbers from 1 to 10"""
    for number in (1, 10):
        Talk(student).expect_taken(number, rng)


@check(hint="After int() compare the number with 1 and 10, print 'Your number must be from 1 to 10:' and let the loop ask again.")
def test_says_that_a_number_is_out_of_range(student, rng):
    """Says so when a number is less than 1 or more than 10, and goes on"""
    talk = Talk(student)
    numbers = [0, 11, rng.randint(12, 99), rng.randint(1000, 10**12)]
    for number in rng.sample(numbers, len(numbers)):
        talk.expect_message(number, OUT_OF_RANGE)


@check(hint="isdigit() is false for '-3', but int('-3') is a number: use int() and catch ValueError.")
def test_takes_a_negative_number_for_a_number(student, rng):
    """Says that a negative number is out of range, for it is an integer"""
    talk = Talk(student)
    for number in (-rng.randint(2, 9), -rng.randint(11, 999)):
        talk.expect_as_for(number, OUT_OF_RANGE, rng)


@check(hint="int() raises ValueError for a text: catch it, print the message, and ask again.")
def test_says_that_a_text_is_no_integer(student, rng):
    """Says so when the answer is not a number, and goes on"""
    talk = Talk(student)
    for word in rng.sample(WORDS, 4):
        talk.expect_message(word, NO_INTEGER)


@check(hint="int('3.5') and int('') raise ValueError as int('abc') does: do not use float() or eval() before it.")
def test_takes_no_fraction_and_no_empty_line(student, rng):
    """Says that 3.5 and an empty line are no valid integers"""
    talk = Talk(student)
    for text in rng.sample([f"{rng.randint(2, 9)}.{rng.randint(2, 9)}", "", "  "], 3):
        talk.expect_as_for(text, NO_INTEGER, rng)


# ---- scripts of answers


@check(hint="Every answer gets its own message: keep nothing from the answer before, and ask in one place only, inside the loop.")
def test_keeps_the_order_of_the_messages(student, rng):
    """Gives each of many wrong answers its own message, one after the other, and takes the right one at the end"""
    for _ in range(2):
        talk = Talk(student)
        for answer, message in wrong_answers(rng):
            talk.expect_as_for(answer, message, rng)
        talk.expect_taken(rng.randint(2, 9), rng)


NUMERALS = ["0", "12", "40", "7", "99999999999999999999"]
OTHER_NUMERALS = ["²", "①", "³", "½", "٣", "７", "一"]
BEFORE = ["-", "--", "+-", "+", "- ", "_", " ", "0", "0x"]
BEHIND = [".", ".0", "e1", "-", "__0", "_", "_0", " 0", ",0", "%", " "]


def any_answers(st):
    """Any number of answers, none of which is a number from 1 to 10 as one writes it, and then one that is."""
    numeral, before, behind = (st.sampled_from(some) for some in (NUMERALS, BEFORE, BEHIND))
    other = st.sampled_from(OTHER_NUMERALS)
    wrong = st.one_of(
        st.integers(11, 10**30).map(str),
        st.integers(-(10**30), 0).map(str),
        st.sampled_from(["abc", "", "  ", *WORDS]),
        other,
        st.tuples(before, numeral).map("".join),
        st.tuples(numeral, behind).map("".join),
        st.tuples(before, st.one_of(numeral, other), behind).map("".join),
    )
    return st.tuples(st.lists(wrong, max_size=12), st.integers(2, 9))


@check(
    needs=[
        "says_that_a_number_is_out_of_range",
        "takes_a_negative_number_for_a_number",
        "says_that_a_text_is_no_integer",
        "takes_no_fraction_and_no_empty_line",
    ],
    hint="Leave it to int() what an integer is, and catch its ValueError: isdigit() is true for ², too.",
)
@scenarios(any_answers, says="An integer is what `int()` takes for one", most=20)
def test_gives_any_answer_its_message(student, scenario):
    """Gives each of any answers its own message, whatever is typed"""
    answers, number = scenario
    program = student.start(PROGRAM)
    did = f"We started {PROGRAM} and typed {listed([*answers, number])}"
    for answer in (*answers, number):
        program.send_line(str(answer))
    expected = "the program ends, or waits for another answer"
    if program.wait_until_it_reads(lambda: not program.is_running, did=did, expected=expected):
        program.wait_for_end(did=did).expect_no_traceback()
    found = messages(program.output)
    if not re.fullmatch(pattern_of(answers), "".join(map(letter, found))):
        wanted = in_words([wanted_for(answer) or "either of the two, or none" for answer in answers])
        raise Mismatch(f"there came {in_words(found)}", did=did, expected=wanted if answers else "the number, and no message")


def wanted_for(answer):
    """The message for a wrong answer; empty where the handout leaves it open: an integer that is written in another way."""
    try:
        number = int(answer)
    except ValueError:
        return NO_INTEGER
    return OUT_OF_RANGE if str(number) == answer else ""


def pattern_of(answers):
    """What the messages may be, a letter for each; one that is written in another way may also be taken, which is the end."""
    pattern = ""
    for answer in reversed(answers):
        wanted = wanted_for(answer)
        pattern = letter(wanted) + pattern if wanted else f"(?:[NY]?{pattern})?"
    return pattern


def letter(message):
    return "N" if message == NO_INTEGER else "Y"


@check(hint="input() reads a pipe like a keyboard; a number in the range ends the program.")
def test_reads_a_pipe_as_well(student, rng):
    """Does the same when its input is a pipe, and leaves what comes after the number"""
    number = rng.randint(2, 9)
    first = after_a_wrong_answer(student, rng).typed[0]  # that a kind of answer ends the program is for other checks to say
    answers = [str(answer) for answer, _ in wrong_answers(rng) if isinstance(answer, type(first))]
    talk = Talk(student)
    for answer in answers:
        talk.type_wrong(answer)
    typed = talk.type_number(number)
    run = student.run(
        PROGRAM,
        stdin="\n".join([*answers, str(number), "5", "abc", ""]),
        did=f"We ran {PROGRAM} and gave it the lines {listed([*answers, number, 5, 'abc'])} through a pipe",
    )
    run.expect_no_traceback().expect_exit(typed.exit_code)
    # A message may go to stderr. Between two pipes there is no order.
    wanted, found = phrases(typed.output), phrases(run.stdout)
    if found != wanted and (not run.stderr or sorted(found + phrases(run.stderr)) != sorted(wanted)):
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"{in_words(wanted)}, as on a terminal")
    if shows(typed, number) and not shows(run, number):
        expect_number(run, number, run.did)
    if not wanted and not shows(typed, number) and squeeze(run.output) != squeeze(typed.output):
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"'{visible(squeeze(typed.output))}', as on a terminal")


# ---- the end of the input


@check(hint="At Ctrl-D input() raises EOFError: catch it outside the loop and let the program end.")
def test_ends_at_ctrl_d(student, rng):
    """Ends without a traceback at Ctrl-D, at the first question or a later one"""
    for talk in talks_at_two_questions(student, rng):
        talk.program.end_input()
        talk.expect_quiet_end("pressed Ctrl-D")
    run = student.run(
        PROGRAM,
        stdin="".join(f"{answer}\n" for answer in talk.typed),
        did=f"We gave {PROGRAM} {listed(talk.typed) or 'nothing'} through a pipe and closed it",
    )
    run.expect_no_traceback()


@check(
    hint="Ctrl-C raises KeyboardInterrupt: catch it outside the loop. A bare except: catches it too, and asks again for ever.",
)
def test_ends_at_ctrl_c(student, rng):
    """Ends without a traceback at Ctrl-C, at the first question or a later one"""
    for talk in talks_at_two_questions(student, rng):
        talk.program.wait_until_asleep()
        talk.program.interrupt()
        talk.expect_quiet_end("pressed Ctrl-C")


# ---- talking to the program


class Talk:
    """The program on a terminal, which has asked its first question, or waits for an answer without one."""

    def __init__(self, student):
        self.program = student.start(PROGRAM)
        self.typed = []
        self._student = student
        self._before = 0
        self._usual = {}
        self._wait(f"the program asks '{ASKS}: '")

    def type_wrong(self, answer):
        """Type a wrong answer, wait until the program waits for the next one, and return what it said."""
        self._type(answer)
        self._wait("the program waits for another answer")
        return self._came()

    def expect_message(self, answer, message):
        """Type an answer that gets `message`, and no other of the two messages."""
        came = self.type_wrong(answer)
        found = messages(came)
        if found != [message]:
            fault = Mismatch(f"after {shown(answer)} came {in_words(found, came)}", did=self.did(), expected=f"'{message}'")
            self.compare(fault, message)
            raise fault

    def expect_as_for(self, answer, message, rng):
        """Type an answer that gets `message`, or whatever this program says in its place to answers that surely get it."""
        came = self.type_wrong(answer)
        found = messages(came)
        if found == [message]:
            return
        usual, other = (self._usual_for(each, rng) for each in kinds(message))
        if self._pattern(came, answer) != usual or usual == other:
            raise Mismatch(f"after {shown(answer)} came {in_words(found, came)}", did=self.did(), expected=f"'{message}'")

    def type_number(self, number):
        """Type the right answer; the program ends. What it printed after the answer is in `after`."""
        self._type(number)
        run = self.program.wait_for_end(expected="it prints the number and ends", did=self.did())
        run.after = run.stdout[self._before :]
        if run.exit_code == number:
            run.expect_no_traceback()
            raise Mismatch(
                f"the program ended with exit code {number}",
                did=run.did,
                expected=f"it prints {number} and ends with exit code 0",
                hint="sys.exit(number) prints nothing: it makes the number the exit code. Print the number instead.",
            )
        run.expect_exit(0)
        if phrases(run.after):
            raise Mismatch(
                f"after {number} came {in_words(phrases(run.after))}", did=run.did, expected=f"the number {number}, and the end"
            )
        return run

    def react(self, answer):
        """Type an answer and return what came until the program has ended or waits for another one."""
        self._type(answer)
        program = self.program
        expected = "the program ends, or waits for another answer"
        program.wait_until_it_reads(
            lambda: not program.is_running or self.questions() > len(self.typed), did=self.did(), expected=expected
        )
        if not program.is_running:
            program.wait_for_end(did=self.did()).expect_no_traceback()
        return self._came()

    def expect_taken(self, number, rng):
        """Type a right number: the program prints it, or does what it does for any other right one and for no wrong one."""
        came = self.react(number)
        if not messages(came) and shows_in(came, number):
            return
        other, wrong = rng.choice([one for one in range(2, 10) if one != number]), too_large(rng)
        usual = Talk(self._student).react(other)
        patterns = [self._pattern(came, number), self._pattern(usual, other)]
        if messages(came) or shows_in(usual, other) or patterns[0] != patterns[1]:
            printed = f"'{visible(came.strip())}'" if came.strip() else "nothing"
            hint = NONE_CAME if "None" in came else ""
            raise Mismatch(f"after {number} came {printed}", did=self.did(), expected=f"the number {number}", hint=hint)
        if self._pattern(Talk(self._student).react(wrong), wrong) == patterns[0]:
            raise Mismatch(
                f"it does the same for {number} and for {wrong}", did=self.did(), expected=f"the number {number}, and the end"
            )

    def expect_quiet_end(self, what):
        self.program.wait_for_end(did=f"{self.did()} and {what}").expect_no_traceback()

    def questions(self):
        return phrases(self.program.output).count(ASKS)

    def what_came(self):
        came = visible(self._came().strip())
        return f"it printed '{came}' and waited for an answer" if came else "it printed nothing and waited for an answer"

    def compare(self, fault, wanted):
        """Let a report show what came beside the phrase that should have."""
        came = squeeze(self._came())
        if 0 < len(came) < LONGEST_COMPARED:
            fault.expected_bytes, fault.actual_bytes = wanted.encode(), came.encode(errors="backslashreplace")

    def did(self):
        return f"We started {PROGRAM}" + (f" and typed {listed(self.typed)}" if self.typed else "")

    def _type(self, answer):
        self.typed.append(answer)
        self._before = len(self.program.output)
        self.program.send_line(str(answer))

    def _wait(self, expected):
        """Until the question comes; if it does not, until nothing can happen but that somebody types."""
        self.program.wait_until_it_reads(lambda: self.questions() > len(self.typed), did=self.did(), expected=expected)
        self.program.wait_until_asleep()

    def _came(self):
        return self.program.output[self._before :]

    def _pattern(self, came, answer):
        """What the program said, without the answer itself."""
        return squeeze(re.sub(rf"(?<!\w){re.escape(str(answer))}(?!\w)", "…", came) if str(answer).strip() else came)

    def _usual_for(self, answers, rng):
        """What it says to an answer of a kind when it is the first; asked once for each kind."""
        kind = answers(rng)
        key = type(kind)
        if key not in self._usual:
            self._usual[key] = self._pattern(Talk(self._student).type_wrong(kind), kind)
        return self._usual[key]


def kinds(message):
    """What surely gets `message`, and what surely gets the other one."""
    return (too_large, some_word) if message == OUT_OF_RANGE else (some_word, too_large)


def too_large(rng):
    return rng.randint(12, 99)


def some_word(rng):
    return rng.choice([word for word in WORDS if word.isalpha()])


def phrases(text):
    """The three phrases in the order in which they stand in the text, whatever else is around them."""
    return [squeeze(found) for found in PHRASES.findall(text)]


def messages(text):
    return [phrase for phrase in phrases(text) if phrase != ASKS]


def squeeze(text):
    return " ".join(text.split())


def rest_of(run):
    """What came behind the last question, or behind the last answer when there was none to be seen."""
    text = getattr(run, "after", run.output)
    last = list(re.finditer(ASKS.replace(" ", r"\s+"), text))
    return text[last[-1].end() :] if last else text


def shows(run, number):
    return str(number) in re.findall(r"(?<![\d.])\d+(?!\.?\d)", rest_of(run))


def expect_number(run, number, did):
    if not shows(run, number):
        printed = visible(rest_of(run).strip(": "))
        raise Mismatch(
            "after the last question the program printed " + (f"'{printed}'" if printed else "nothing"),
            did=did,
            expected=f"the number {number}",
            hint=NONE_CAME if "None" in rest_of(run) else "",
        )


def shows_in(came, number):
    """Whether the number stands in what came, beside the three phrases."""
    return str(number) in re.findall(r"(?<![\d.])\d+(?!\.?\d)", PHRASES.sub(" ", came))


def after_a_wrong_answer(student, rng):
    """The program after a wrong answer, one of a kind that does not end it. Raises the last fault if each kind does."""
    *kinds_of_answers, last = [too_large(rng), some_word(rng), -rng.randint(2, 9)]
    for answer in kinds_of_answers:
        talk = Talk(student)
        try:
            talk.type_wrong(answer)
        except StudentFault:
            continue
        return talk
    talk = Talk(student)
    talk.type_wrong(last)
    return talk


def talks_at_two_questions(student, rng):
    """The program at its first question, and at a later one if it gets there: that it does is for other checks to say."""
    yield Talk(student)
    try:
        later = after_a_wrong_answer(student, rng)
    except StudentFault:
        return
    yield later


def wrong_answers(rng):
    """A random script: wrong answers and the message that each of them gets, both kinds of them in a random order."""
    while True:
        script = [
            (rng.randint(12, 5000), OUT_OF_RANGE) if rng.random() < 0.5 else (rng.choice(WORDS), NO_INTEGER)
            for _ in range(rng.randint(5, 8))
        ]
        messages = [message for _, message in script]
        if 2 <= messages.count(NO_INTEGER) <= len(script) - 2:
            return script


def shown(answer):
    return f"'{answer}'" if str(answer).strip() != str(answer) or not str(answer) else str(answer)


def listed(answers):
    return ", ".join(map(shown, answers))


def in_words(found, text=""):
    if found:
        return " and then ".join(f"'{phrase}'" for phrase in found)
    return f"'{visible(squeeze(text))}'" if text.strip() else "none of the three phrases"
