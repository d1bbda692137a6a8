"""Checks of the NIST time client: what it prints when all goes well, with an offset, its two functions, and its error messages.

Every check that runs or imports the program has the fake server answer, as a module without `__main__` guard asks it on import.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

from grader.checks import CloseEarly, Garbage, Mismatch, Missing, Reset, check, try_every_split, visible

PROGRAM = "nist_time.py"
MODULE = "nist_time"
LONGEST_COMPARED = 200  # characters; nobody looks for one byte in more
EXAMPLE = "It is now 19:30:19 on November 28, 2012"
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


# ---- with no offset


@check(hint="After split(), the time is the third field of the line. The line begins with a newline: do not stop reading there.")
def test_prints_the_time(student, daytime_server, rng):
    """Prints the time that the server sent"""
    for moment in (some_moment(rng), some_moment(rng)):
        expect_time(ask(student, daytime_server, moment), moment)


@check(hint="Month 11 is November: datetime's strftime() knows the names of the months, as %B.")
def test_prints_the_date(student, daytime_server, rng):
    """Prints the date that the server sent, with the month's name and the year in four digits"""
    for moment in (some_moment(rng), some_moment(rng).replace(month=rng.randint(6, 12), day=rng.randint(1, 9))):  # May is short
        expect_date(ask(student, daytime_server, moment), moment)


@check(
    needs=["prints_the_time"],
    hint="Leave out prints that helped you to find mistakes. An error message goes to stderr: print(…, file=sys.stderr).",
)
def test_prints_only_the_sentence_on_stdout(student, daytime_server, rng):
    """Prints that one line on stdout, and nothing on stdout when there is no time to print"""
    for offset in (None, rng.randint(1, 9)):
        run = ask(student, daytime_server, some_moment(rng), offset)
        if len(run.lines) != 1:
            happened = f"{len(run.lines)} lines came: '{visible(run.stdout)}'"
            raise Mismatch(happened, did=run.did, expected="exactly one line on stdout")
    daytime_server.refuse()
    run = student.run(PROGRAM)
    if run.lines:
        raise Mismatch(
            f"on stdout, {run.what_it_printed()}",
            did="We ran the program while the server refused the connection",
            expected="nothing on stdout, and a message on stderr",
        )


@check(needs=["prints_the_time"], hint="A daytime server answers as soon as you connect: send it nothing, just read.")
def test_sends_nothing_to_the_server(student, daytime_server, rng):
    """Sends the server nothing"""
    ask(student, daytime_server, some_moment(rng))
    sent = daytime_server.seen_bytes()
    if sent:
        raise Mismatch(
            f"the program sent '{visible(sent[:60])}'",
            did=f"We ran {PROGRAM} and watched",
            expected="not one byte from the program",
        )


@check(
    needs=["prints_the_time"],
    hint="recv() may return a part of the line: go on reading until it returns b'' or the line is complete.",
)
def test_reads_a_reply_that_arrives_in_pieces(student, daytime_server, rng):
    """Prints the same when the reply arrives in pieces"""
    moment = some_moment(rng)
    try_every_split(wire(moment), lambda faults: expect_time(ask(student, daytime_server, moment, faults=faults), moment))


# ---- with an offset


@check(
    needs=["prints_the_time"],
    hint="The offset is sys.argv[1], a number of hours that may have a fraction: float(), and timedelta(hours=…).",
)
def test_shifts_the_time_by_the_offset(student, daytime_server, rng):
    """Shifts the time by the offset in hours, a fraction such as 5.5 too"""
    early = some_moment(rng).replace(hour=14, minute=rng.randint(1, 9), second=rng.randint(1, 9))
    late = some_moment(rng).replace(hour=19)
    for moment, offset in (
        (early, -rng.randint(5, 10)),  # to 04:05:06 or the like: two digits each
        (late, 5),  # to 00:xx
        (some_moment(rng), -rng.randint(1, 8)),
        (some_moment(rng), rng.choice([3.5, 4.5, 5.5, 5.75, 6.5])),
        (some_moment(rng), rng.choice([-2.5, -3.5, -9.5])),
    ):
        run = ask(student, daytime_server, moment, offset)
        expect_time(run, moment + timedelta(hours=offset))


@check(
    needs=["prints_the_date"],
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
        expect_date(ask(student, daytime_server, moment, shift), moment + timedelta(hours=shift))


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
            differs = compared([moment.isoformat()], found.isoformat())
            raise Mismatch(f"it returned {found.isoformat()}", did=did, expected=expected, **differs)


@check(
    needs=["parse_daytime_returns_a_moment_in_utc"],
    hint="Let the ValueError of strptime() or of unpacking out of the function, or raise one yourself; do not return None.",
)
def test_parse_daytime_raises_for_garbage(student, daytime_server, rng):
    """parse_daytime raises an exception for a line that is no time"""
    daytime_server.reply(wire(some_moment(rng)))
    for line in (some_words(rng), "", daytime_line(some_moment(rng))[:14]):
        student.call_raises(f"{MODULE}:parse_daytime", line)


@check(hint="strftime() knows the names of all months, as %B. Hours, minutes and seconds have two digits each: %H:%M:%S.")
def test_describe_names_every_month(student, daytime_server, rng):
    """describe(moment) returns the sentence, whatever the month"""
    daytime_server.reply(wire(some_moment(rng)))
    for month in range(1, 13):
        moment = some_moment(rng).replace(month=month, day=rng.randint(1, 28), hour=rng.randint(0, 9), second=rng.randint(0, 9))
        found = student.call(f"{MODULE}:describe", moment)
        if not isinstance(found, str) or squeeze(found).removesuffix(".") not in sentences(moment):
            raise Mismatch(
                f"it returned {found!r}"[:200],
                did=f"We called describe() for {moment.isoformat()}",
                expected=repr(sentences(moment)[0]),
                **(compared(sentences(moment), squeeze(found)) if isinstance(found, str) else {}),
            )


# ---- when there is no time to print


@check(needs=["prints_the_time"], hint="Catch OSError around connecting and reading, print to stderr and end with sys.exit(1).")
def test_reports_a_refused_connection(student, daytime_server):
    """Gives a message and an exit code that is not 0 when the connection is refused"""
    daytime_server.refuse()
    run = student.run(PROGRAM)
    run.did = "We ran the program while the server refused the connection"
    run.expect_error_message()


@check(needs=["prints_the_time"], hint="An empty reply has no third field: catch what parse_daytime raises for it.")
def test_reports_an_empty_reply(student, daytime_server):
    """Gives a message and an exit code that is not 0 when the server says nothing and closes"""
    daytime_server.reply(b"")
    run = student.run(PROGRAM)
    run.did = "We let the server close the connection without a word"
    run.expect_error_message()


@check(
    needs=["prints_the_time"],
    hint="recv() raises ConnectionResetError, an OSError, when the server breaks off: catch OSError around reading, too.",
)
def test_reports_a_reply_that_breaks_off(student, daytime_server, rng):
    """Gives a message and an exit code that is not 0 when the connection ends in the middle of the line"""
    moment = some_moment(rng)
    in_the_date = wire(moment).index(f"{moment:%m-%d}".encode())
    for fault, words in ((CloseEarly(in_the_date), "closed the connection"), (Reset(in_the_date), "broke the connection off")):
        daytime_server.reply(wire(moment), faults=[fault])
        run = student.run(PROGRAM)
        run.did = f"We let the server send '{visible(wire(moment)[:in_the_date])}', and then it {words}"
        run.expect_error_message()


@check(needs=["prints_the_time"], hint="Catch what parse_daytime() and decode() raise: ValueError, perhaps IndexError.")
def test_reports_a_reply_that_is_no_time(student, daytime_server, rng):
    """Gives a message and an exit code that is not 0 when the reply is garbage: words, random bytes, 100 kB"""
    words = f"\n{some_words(rng)}\n".encode()
    for reply, faults, shown in (
        (words, [], f"'{visible(words)}'"),
        (words, [Garbage(60)], "60 random bytes"),
        (some_words(rng).encode() * 3000, [], "words without an end: more than 100 kB in one line"),
    ):
        daytime_server.reply(reply, faults=faults)
        run = student.run(PROGRAM)
        run.did = f"We let the server answer {shown}"
        run.expect_error_message()


# ---- running and looking


def ask(student, daytime_server, moment, offset=None, faults=()):
    """Run the program while the server answers `moment`, cut as `faults` say; it must end well."""
    daytime_server.reply(wire(moment), faults=faults)
    arguments = [] if offset is None else [str(offset)]
    run = student.run(PROGRAM, *arguments)
    run.did = f"We ran {' '.join([PROGRAM, *arguments])} and sent it {daytime_line(moment)!r}"
    if not daytime_server.connections:
        run.expect_no_traceback()
        raise Missing(
            f"it never connected, and {run.what_it_printed()}",
            did=run.did,
            expected="a connection to time.nist.gov, port 13",
            hint='Hand in HOST = "time.nist.gov" and PORT = 13, also if you tried it with a server of your own.',
        )
    return run.expect_exit(0)


def spoken(run):
    """Time and rest of the last sentence on stdout; that there is but one line is for a check of its own to say."""
    found = [match for line in run.lines if (match := re.fullmatch(r"It is now (\S+)(.*)", squeeze(line)))]
    if not found:
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"a line of the form {EXAMPLE}")
    return found[-1].groups()


def expect_time(run, moment):
    time, _ = spoken(run)
    wanted = f"{moment:%H:%M:%S}"
    if time != wanted:
        raise Mismatch(f"the time was {time}", did=run.did, expected=f"the time {wanted}", **compared([wanted], time))


def expect_date(run, moment):
    _, rest = spoken(run)
    on, day = rest[:4], rest[4:].removesuffix(".")
    if on != " on " or day not in dates(moment):
        raise Mismatch(
            f"after the time came '{rest.strip()}'",
            did=run.did,
            expected=f"'on {dates(moment)[0]}'",
            **compared([f"on {each}" for each in dates(moment)], rest.strip()),
        )


def compared(right, found):
    """What lets a report put a caret under the first byte that differs from the spelling that is nearest."""
    if not found or len(found) > LONGEST_COMPARED:
        return {}
    nearest = max(right, key=lambda text: len([*takewhile(lambda two: two[0] == two[1], zip(text, found, strict=False))]))
    return {"expected_bytes": nearest.encode(), "actual_bytes": found.encode(errors="backslashreplace")}


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
    """A random moment without a digit 0 in front of hour, minute, second or day, and not near the end of a month."""
    return datetime(
        rng.randint(2001, 2067),
        rng.randint(1, 12),
        rng.randint(10, 27),
        rng.randint(10, 23),
        rng.randint(10, 59),
        rng.randint(10, 59),
        tzinfo=UTC,
    )


def daytime_line(moment, advance="118.4"):
    """The line of NIST's servers, without the newlines around it: Modified Julian Date, date, time, codes, advance in ms."""
    day_number = (moment.date() - date(1858, 11, 17)).days
    return f"{day_number} {moment:%y-%m-%d %H:%M:%S} 00 0 0 {advance} UTC(NIST) *"


def wire(moment):
    """The bytes on the wire: a newline in front, a blank and a newline at the end."""
    return f"\n{daytime_line(moment)} \n".encode()


def some_words(rng):
    return " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(6))
