"""Checks of the NIST time client: what it prints when all goes well, with an offset, its two functions, and its error messages.

Every check that runs or imports the program has the fake server answer, as a module without `__main__` guard asks it on import.
Time, date, words and layout are judged apart. Pieces and offsets compare the program with itself: an answer that is not as the
handout has it still shows whether the program reads a reply in pieces, or shifts.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

from grader.checks import (
    Cause,
    CloseEarly,
    Garbage,
    Mismatch,
    Missing,
    Reset,
    SplitAt,
    StudentFault,
    check,
    scenarios,
    try_every_split,
    visible,
)

PROGRAM = "nist_time.py"
MODULE = "nist_time"
LONGEST_COMPARED = 200  # characters; nobody looks for one byte in more
EXAMPLE = "It is now 19:30:19 on November 28, 2012"
NAME_OF_SCALE = "UTC(NIST)"
"""A line with this is the server's own, not the program's."""
ADDRESS = 'Connect to HOST = "time.nist.gov" and PORT = 13; hand that in, also if you tried it with a server of your own.'
NOT_CONNECTED = Cause("never connected", PROGRAM)
HINTS = {"ConnectionRefusedError": ADDRESS, "gaierror": ADDRESS}
"""Hints for causes that can lie in any check."""
BYTES = "recv() returns bytes, and print() shows them as b'…': turn them into text with .decode(\"ascii\")."
FOUR_DIGITS = "The year has four digits: that is %Y, and %y is for two."
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


# ---- with no offset


@check(hint="After split(), the time is the third field of the line. The line begins with a newline: do not stop reading there.")
def test_prints_the_time(student, daytime_server, rng):
    """Prints the time that the server sent"""
    for moment in (some_moment(rng), some_moment(rng).replace(hour=rng.randint(0, 9), second=rng.randint(0, 9))):
        expect_time(ask(student, daytime_server, moment), moment)


@check(hint="Month 11 is November: datetime's strftime() knows the names of the months, as %B.")
def test_prints_the_date(student, daytime_server, rng):
    """Prints the date that the server sent, with the month's name and the year in four digits"""
    for moment in (some_moment(rng), some_moment(rng).replace(month=rng.randint(6, 12), day=rng.randint(1, 9))):  # May is short
        expect_date(ask(student, daytime_server, moment), moment)


@check(hint="Leave out prints that helped you to find mistakes. An error message goes to stderr: print(…, file=sys.stderr).")
def test_prints_only_the_sentence_on_stdout(student, daytime_server, rng):
    """Prints that one line on stdout, in these words, and nothing on stdout when there is no time to print"""
    for offset in (None, rng.randint(1, 9)):
        run = ask(student, daytime_server, some_moment(rng), offset).expect_exit(0)
        if len(run.lines) != 1:
            happened = f"{len(run.lines)} lines came: '{visible(run.stdout)}'" if run.lines else run.what_it_printed()
            raise Mismatch(happened, did=run.did, expected="exactly one line on stdout")
        if not re.fullmatch(r"It is now \S+ on \S.*", squeeze(run.lines[0])):
            raise Mismatch(
                run.what_it_printed(),
                did=run.did,
                expected=f"a line of the form {EXAMPLE}",
                hint="Write the words as the handout has them: It is now … on ….",
            )
    daytime_server.refuse()
    run = student.run(PROGRAM)
    if run.lines:
        raise Mismatch(
            f"on stdout, {run.what_it_printed()}",
            did="We ran the program while the server refused the connection",
            expected="nothing on stdout, and a message on stderr",
        )


@check(hint="A daytime server answers as soon as you connect: send it nothing, just read.")
def test_sends_nothing_to_the_server(student, daytime_server, rng):
    """Sends the server nothing"""
    run = ask(student, daytime_server, some_moment(rng))
    sent = daytime_server.seen_bytes()
    if sent:
        raise Mismatch(
            f"the program sent '{visible(sent[:60])}'",
            did=f"We ran {PROGRAM} and watched",
            expected="not one byte from the program",
        )
    if not run.output.strip():
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"it reads the reply and prints a line of the form {EXAMPLE}")


@check(hint="recv() may return a part of the line: go on reading until it returns b'' or the line is complete.")
def test_reads_a_reply_that_arrives_in_pieces(student, daytime_server, rng):
    """Prints the same when the reply arrives in pieces"""
    moment = some_moment(rng)
    expect_answers_that_vary(student, daytime_server, rng)
    whole = []

    def attempt(faults):
        run = ask(student, daytime_server, moment, faults=faults)
        came = said(run)
        if not whole:  # the kindest way comes first
            whole.append(came)
        if came != whole[0]:
            raise Mismatch(
                run.what_it_printed(), did=run.did, expected=f"the same as when it arrives whole: '{visible(whole[0])}'"
            )

    try_every_split(wire(moment), attempt)


# ---- with an offset


@check(hint="The offset is sys.argv[1], a number of hours that may have a fraction: float(), and timedelta(hours=…).")
def test_shifts_the_time_by_the_offset(student, daytime_server, rng):
    """Shifts the time by the offset in hours, a fraction such as 5.5 too"""
    for moment, offset in (
        (some_moment(rng).replace(hour=19), 5),  # to 00:xx
        (some_moment(rng), -rng.randint(1, 8)),
        (some_moment(rng), rng.choice([3.5, 4.5, 5.5, 5.75, 6.5])),
        (some_moment(rng), rng.choice([-2.5, -3.5, -9.5])),
    ):
        expect_shifted(student, daytime_server, moment, offset, expect_time, time_part)


@check(
    hint="Shift the moment, not the hour: a datetime plus a timedelta knows midnight and the lengths of the months.",
)
def test_shifts_the_date_by_the_offset(student, daytime_server, rng):
    """Shifts the date too, over midnight and the ends of months and years"""
    year, leap_year = rng.randint(2001, 2066), rng.choice(range(2004, 2068, 4))
    offset = rng.randint(2, 9)
    minute, second = rng.randint(10, 59), rng.randint(10, 59)
    for moment, shift in (
        (datetime(year, 12, 31, 24 - offset, minute, second, tzinfo=UTC), offset),  # lands on 00:xx of New Year's Day
        (datetime(year, 1, 1, offset - 1, minute, second, tzinfo=UTC), -offset),
        (datetime(leap_year, 3, 1, offset - 1, minute, second, tzinfo=UTC), -offset),
        (datetime(year, rng.choice([4, 6, 9, 11]), 30, 23, minute, second, tzinfo=UTC), offset),
    ):
        expect_shifted(student, daytime_server, moment, shift, expect_date, date_part)


# ---- the functions


@check(
    hint="split() without an argument takes any number of blanks. strptime() reads fields 2 and 3, without a time zone: add UTC."
)
def test_parse_daytime_returns_a_moment_in_utc(student, daytime_server, rng):
    """parse_daytime(line) returns the moment as a datetime that knows it is UTC"""
    daytime_server.reply(wire(some_moment(rng)))
    for most in (900, 99, 9):
        moment = some_moment(rng).replace(day=rng.randint(1, 28), hour=rng.randint(0, 23))
        line = daytime_line(moment, f"{rng.uniform(most / 9, most):5.1f}")  # padded to five places
        found = student.call(f"{MODULE}:parse_daytime", line)
        did, expected = f"We called parse_daytime({line!r})", f"the moment {moment.isoformat()}"
        if not isinstance(found, datetime):
            raise Mismatch(f"it returned {found!r}"[:200], did=did, expected=f"a datetime for {moment.isoformat()}")
        if found.tzinfo is None:
            raise Mismatch("the datetime has no time zone (tzinfo is None)", did=did, expected=expected)
        if found != moment:
            differs = compared(moment.isoformat(), found.isoformat())
            raise Mismatch(f"it returned {found.isoformat()}", did=did, expected=expected, **differs)


@check(
    hint="Let the ValueError of strptime() or of unpacking out of the function, or raise one yourself; do not return None.",
)
def test_parse_daytime_raises_for_garbage(student, daytime_server, rng):
    """parse_daytime raises an exception for a line that is no time"""
    daytime_server.reply(wire(some_moment(rng)))
    student.call(f"{MODULE}:parse_daytime", daytime_line(some_moment(rng)))  # one that raises for every line tells nothing
    for line in (some_words(rng), "", daytime_line(some_moment(rng))[:14]):
        student.call_raises(f"{MODULE}:parse_daytime", line)


@check(hint="strftime() knows the names of all months, as %B. Hours, minutes and seconds have two digits each: %H:%M:%S.")
def test_describe_names_every_month(student, daytime_server, rng):
    """describe(moment) returns the sentence, whatever the month"""
    daytime_server.reply(wire(some_moment(rng)))
    moments = [
        some_moment(rng).replace(month=month, day=rng.randint(1, 28), hour=rng.randint(0, 9), second=rng.randint(0, 9))
        for month in range(1, 13)
    ]
    for some in (moments[:1], moments[1:]):  # one call tells best what is always wrong; the others share an interpreter
        calls = [("describe", moment) for moment in some]
        for moment, one in zip(some, student.call_each(MODULE, calls), strict=True):
            expect_sentence(one.value, moment)


def expect_sentence(found, moment):
    came = squeeze(found) if isinstance(found, str) else ""
    if came.removesuffix(".") not in sentences(moment):
        right = nearest(sentences(moment), came)
        raise Mismatch(
            f"it returned {found!r}"[:200],
            did=f"We called describe() for {moment.isoformat()}",
            expected=repr(right),
            **compared(right, came),
        )


# ---- anything that the server may send


def replies(st):
    """A moment, an offset or none, the advance in the reply, and behind which of its bytes the reply is cut."""
    first, last = date(2000, 1, 2), date(2068, 12, 30)
    any_day = st.integers(0, (last - first).days).map(lambda days: first + timedelta(days))
    months = st.tuples(st.integers(2001, 2068), st.integers(1, 12)).map(lambda pair: date(*pair, 1))
    edge = st.tuples(months, st.integers(0, 1)).map(lambda pair: pair[0] - timedelta(pair[1]))
    leap_day = st.sampled_from(range(2000, 2069, 4)).map(lambda year: date(year, 2, 29))
    second = st.one_of(st.integers(0, 24 * 3600 - 1), st.sampled_from([0, 59, 3599, 3600, 43199, 43200, 24 * 3600 - 1]))
    moment = st.tuples(st.one_of(any_day, edge, leap_day), second).map(
        lambda pair: datetime.combine(pair[0], time(), UTC) + timedelta(seconds=pair[1])
    )
    offset = st.one_of(
        st.none(),
        st.integers(-12, 14),
        st.integers(-48, 56).map(lambda quarters: quarters / 4),
        st.sampled_from([-0.5, -0.25]),
    )
    length = len(wire(datetime(2000, 1, 2, tzinfo=UTC)))
    cut = st.integers(1, length - 1)
    cuts = st.one_of(st.lists(cut, max_size=1), st.lists(cut, max_size=4, unique=True).map(sorted), st.just([*range(1, length)]))
    return st.tuples(moment, offset, st.integers(0, 9999).map(lambda tenths: f"{tenths / 10:5.1f}"), cuts)


@check(
    needs=[
        "prints_the_time",
        "prints_the_date",
        "reads_a_reply_that_arrives_in_pieces",
        "shifts_the_time_by_the_offset",
        "shifts_the_date_by_the_offset",
        "parse_daytime_returns_a_moment_in_utc",
    ],
    hint="Let float() read the offset and timedelta(hours=…) do the counting: hours and minutes of your own go wrong at -0.5.",
)
@scenarios(replies, says="those of that time zone, also over midnight and the ends of months and years", most=20)
def test_tells_any_moment_in_any_time_zone(student, daytime_server, scenario):
    """Tells any moment in any time zone, however the reply is cut"""
    moment, offset, advance, cuts = scenario
    run = ask(student, daytime_server, moment, offset, [SplitAt(cuts)], advance, how_cut(cuts))
    shifted = moment + timedelta(hours=offset or 0)
    expect_time(run, shifted)
    expect_date(run, shifted)


# ---- when there is no time to print


@check(hint="Catch OSError around connecting and reading, print to stderr and end with sys.exit(1).")
def test_reports_a_refused_connection(student, daytime_server, rng):
    """Gives a message and an exit code that is not 0 when the connection is refused"""
    daytime_server.refuse()
    run = student.run(PROGRAM, did="We ran the program while the server refused the connection")
    run.expect_error_message()
    expect_otherwise_for_a_good_reply(student, daytime_server, rng)


@check(hint="An empty reply has no third field: catch what parse_daytime() raises for it, ValueError or IndexError.")
def test_reports_an_empty_reply(student, daytime_server, rng):
    """Gives a message and an exit code that is not 0 when the server says nothing and closes"""
    daytime_server.reply(b"")
    run = student.run(PROGRAM, did="We let the server close the connection without a word")
    run.expect_error_message()
    expect_otherwise_for_a_good_reply(student, daytime_server, rng, run)


@check(
    hint="recv() raises ConnectionResetError, an OSError, when the server breaks off: catch OSError around reading, too.",
)
def test_reports_a_reply_that_breaks_off(student, daytime_server, rng):
    """Gives a message and an exit code that is not 0 when the connection ends in the middle of the line"""
    moment = some_moment(rng)
    in_the_date = wire(moment).index(f"{moment:%m-%d}".encode())
    for fault, words in ((CloseEarly(in_the_date), "closed the connection"), (Reset(in_the_date), "broke the connection off")):
        daytime_server.reply(wire(moment), faults=[fault])
        run = student.run(PROGRAM, did=f"We let the server send '{visible(wire(moment)[:in_the_date])}', and then it {words}")
        run.expect_error_message()
    expect_otherwise_for_a_good_reply(student, daytime_server, rng, run)


@check(hint="Catch what parse_daytime() and decode() raise: ValueError, perhaps IndexError.")
def test_reports_a_reply_that_is_no_time(student, daytime_server, rng):
    """Gives a message and an exit code that is not 0 when the reply is garbage: words, random bytes, 100 kB"""
    words = f"\n{some_words(rng)}\n".encode()
    for reply, faults, shown in (
        (words, [], f"'{visible(words)}'"),
        (words, [Garbage(60)], "60 random bytes"),
        (some_words(rng).encode() * 3000, [], "words without an end: more than 100 kB in one line"),
    ):
        daytime_server.reply(reply, faults=faults)
        run = student.run(PROGRAM, did=f"We let the server answer {shown}")
        run.expect_error_message()
    expect_otherwise_for_a_good_reply(student, daytime_server, rng, run)


# ---- running and looking


def ask(student, daytime_server, moment, offset=None, faults=(), advance="118.4", how=""):
    """Run the program while the server answers `moment`, cut as `faults` say; it must connect, and end without a traceback."""
    line = daytime_line(moment, advance)
    daytime_server.reply(wire(moment, advance), faults=faults)
    arguments = [] if offset is None else [str(offset)]
    words = " ".join([PROGRAM, *arguments])
    sent = f"We ran {words}, sent it {line!r}{how} and closed the connection"
    run = student.run(PROGRAM, *arguments, did=sent)
    if not daytime_server.connections:
        run.did = f"We ran {words}, and our server had {line!r} to send"
        if run.crash and run.crash.type not in ("ConnectionRefusedError", "TimeoutError", "socket.gaierror"):
            run.expect_no_traceback("a connection to time.nist.gov, port 13, and no traceback")
        expected = "a connection to time.nist.gov, port 13"
        raise Missing(
            f"it never connected, and {run.what_it_printed()}", did=run.did, expected=expected, hint=ADDRESS, cause=NOT_CONNECTED
        )
    return run.expect_no_traceback(f"a line of the form {EXAMPLE}, and no traceback")


def how_cut(cuts):
    """Where the pieces end, if there are a few."""
    if len(cuts) > 4:
        return " byte by byte"
    return f" in pieces, cut behind byte {' and '.join(map(str, cuts))}," if cuts else ""


def answer(run):
    """The line of stdout that is the program's answer, whatever its words; whether there are more is for another check to say."""
    lines = [squeeze(line) for line in run.lines if NAME_OF_SCALE not in line]
    likely = [line for line in lines if "It is now" in line] or [line for line in lines if times(line)] or lines
    if not likely:
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"a line of the form {EXAMPLE}")
    return likely[-1]


def said(run):
    """The answer; a program that finds no time in the reply may still show what it has read, in its message."""
    return answer(run) if run.lines or not run.output.strip() else squeeze(run.output)


def times(line):
    """What looks like a time of day, as it stands."""
    return [word.rstrip(".,;") for word in line.split() if re.search(r"\d:\d", word)]


def time_part(run):
    return times(answer(run)) or answer(run)


def date_part(run):
    return " ".join(word for word in answer(run).split() if not times(word))


def expect_time(run, moment):
    line, wanted = answer(run), f"{moment:%H:%M:%S}"
    found = times(line)
    if not found:
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"a line of the form {EXAMPLE}")
    if wanted not in found:
        hint = BYTES if found[0].startswith("b'") else ""
        raise Mismatch(
            f"the time was {found[0]}", did=run.did, expected=f"the time {wanted}", hint=hint, **compared(wanted, found[0])
        )


def expect_date(run, moment):
    line = answer(run)
    if any(re.search(rf"(?<!\w){day}(?!\w)", line) for day in dates(moment)):
        return
    rest = line.partition(times(line)[0])[2] if times(line) else line
    rest = rest.strip().rstrip(".")
    right = nearest([f"on {day}" for day in dates(moment)], rest)
    hint = (
        BYTES
        if re.search(r"\bb'", line)
        else FOUR_DIGITS
        if MONTHS[moment.month - 1] in line and str(moment.year) not in line
        else ""
    )
    raise Mismatch(
        f"after the time came '{rest}'" if times(line) else run.what_it_printed(),
        did=run.did,
        expected=f"'{right}'",
        hint=hint,
        **compared(right, rest),
    )


def expect_shifted(student, daytime_server, moment, offset, expect, part):
    """The part of the answer is right for the shifted moment, or as this program answers when the server says that moment."""
    run = ask(student, daytime_server, moment, offset)
    shifted = moment + timedelta(hours=offset)
    try:
        expect(run, shifted)
    except Mismatch as fault:
        if not shifts_in_its_own_words(student, daytime_server, moment, shifted, part, run):
            raise fault from None


def shifts_in_its_own_words(student, daytime_server, moment, shifted, part, run):
    try:
        right, before = (part(ask(student, daytime_server, each)) for each in (shifted, moment))
    except StudentFault:
        return False
    return part(run) == right != before


def expect_answers_that_vary(student, daytime_server, rng):
    """A program that prints the same for any reply does not show what it has read."""
    runs = [ask(student, daytime_server, some_moment(rng)) for _ in range(2)]
    if said(runs[0]) == said(runs[1]):
        raise Mismatch(
            f"it printed '{visible(said(runs[0]))}' for two different times",
            did=f"We ran {PROGRAM} twice, and sent it two times in one piece each",
            expected="what it prints depends on the reply",
        )


def expect_otherwise_for_a_good_reply(student, daytime_server, rng, run=None):
    """A program that never connects, or says the same to a good reply, has not noticed what was wrong with this one."""
    try:
        usual = ask(student, daytime_server, some_moment(rng))
    except Missing:
        raise
    except StudentFault:
        return  # it does something else, wrong as that is
    if run is not None and (usual.output, usual.exit_code) == (run.output, run.exit_code):
        raise Mismatch(
            f"{usual.what_it_printed()}, for this reply and for a good one",
            did=run.did,
            expected="a message only when there is no time to print",
        )


def nearest(spellings, found):
    """Of several right spellings the one that what came begins like; a page names this one and no other."""
    return max(spellings, key=lambda text: len([*takewhile(lambda two: two[0] == two[1], zip(text, found, strict=False))]))


def compared(right, found):
    """What lets a report put a caret under the first byte that differs."""
    if not found or len(found) > LONGEST_COMPARED:
        return {}
    return {"expected_bytes": right.encode(), "actual_bytes": found.encode(errors="backslashreplace")}


def squeeze(text):
    return " ".join(text.split())


def dates(moment):
    """The date as it may be written, the day as 5 or 05."""
    month, year = MONTHS[moment.month - 1], moment.year
    days = [str(moment.day), f"{moment.day:02d}"]
    return [f"{month} {day}, {year}" for day in days] + [f"{day} {month} {year}" for day in days]


def sentences(moment):
    return [f"It is now {moment:%H:%M:%S} on {day}" for day in dates(moment)]


# ---- what the server says


def some_moment(rng):
    """A random moment without a digit 0 in front of hour, minute, second or day, and not near the end of a month.

    Whoever takes the day for the month has a date all the same: the wrong one.
    """
    return datetime(
        rng.randint(2001, 2067),
        rng.randint(1, 12),
        rng.randint(10, 12),
        rng.randint(10, 23),
        rng.randint(10, 59),
        rng.randint(10, 59),
        tzinfo=UTC,
    )


def daytime_line(moment, advance="118.4"):
    """The line of NIST's servers, without the newlines around it: Modified Julian Date, date, time, codes, advance in ms."""
    day_number = (moment.date() - date(1858, 11, 17)).days
    return f"{day_number} {moment:%y-%m-%d %H:%M:%S} 00 0 0 {advance} UTC(NIST) *"


def wire(moment, advance="118.4"):
    """The bytes on the wire: a newline in front, a blank and a newline at the end."""
    return f"\n{daytime_line(moment, advance)} \n".encode()


def some_words(rng):
    return " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(6))
