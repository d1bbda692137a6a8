"""Checks of second_thread. No clock decides: a helper writes down which thread printed what, and how many threads lived then."""

import json
import re
import string

from grader.checks import Crashed, Mismatch, Missing, check, visible

BEGINS, THREAD_DONE, PROGRAM_DONE = "Second thread begins.", "Second thread is done.", "The program is done."
ALL_DONE = "All countdowns are done."

HELPER = b"""
import atexit, itertools, json, os, runpy, sys, threading

seen = []
kinds = []  # of the threads that were made
numbers = itertools.count()
init = threading.Thread.__init__
own = threading.local()  # an ident is used again when its thread has ended; this number is not

def number_of_this_thread():
    if not hasattr(own, "number"):
        own.number = next(numbers)
    return own.number

def init_and_note(thread, *args, **options):
    kinds.append(type(thread))
    init(thread, *args, **options)

def is_own(file):
    return os.path.abspath(file).startswith(os.getcwd() + os.sep)

class Listening:
    def __init__(self, stream):
        self.stream = stream
    def write(self, text):
        by_main = threading.get_ident() == threading.main_thread().ident
        seen.append([number_of_this_thread(), by_main, threading.active_count(), text])
        return self.stream.write(text)
    def __getattr__(self, name):
        return getattr(self.stream, name)

def note_down():
    sources = [getattr(getattr(kind.run, "__code__", None), "co_filename", "/") for kind in kinds]
    own_classes = [kind.__name__ for kind, source in zip(kinds, sources) if is_own(source)]
    with open("seen.json", "w") as file:
        json.dump([own_classes, seen], file)

atexit.register(note_down)
threading.Thread.__init__ = init_and_note
sys.stdout = Listening(sys.stdout)
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@check(
    hint="start() begins the thread and returns at once. Its run() prints two lines, the main program prints the other one.",
)
def test_prints_three_lines(student):
    """Prints the three lines of the handout"""
    three_lines(student)


@check(
    needs=["prints_three_lines"],
    hint="Call start(), not run(), and do not join() the thread before the program's own line is printed.",
)
def test_goes_on_while_the_thread_sleeps(student):
    """Prints its own line before the thread is done"""
    texts = [line.text for line in three_lines(student)]
    if not texts.index(BEGINS) < texts.index(THREAD_DONE):
        raise Mismatch(f"'{THREAD_DONE}' came before '{BEGINS}'", did=DID, expected="the thread begins, then it is done")
    if not texts.index(PROGRAM_DONE) < texts.index(THREAD_DONE):
        raise Mismatch(
            f"'{PROGRAM_DONE}' came last", did=DID, expected=f"'{PROGRAM_DONE}' while the thread sleeps, before '{THREAD_DONE}'"
        )


@check(
    needs=["prints_three_lines"],
    hint="What stands in run() happens in the new thread only if you call start(). To call run() is an ordinary call.",
)
def test_prints_from_a_second_thread(student):
    """Prints the lines of the thread in a second thread, and its own in the first"""
    lines = {line.text: line for line in three_lines(student)}
    for text in (BEGINS, THREAD_DONE):
        if lines[text].by_main:
            raise Mismatch(f"'{text}' was printed by the main thread", did=DID, expected="a second thread prints it")
    if not lines[PROGRAM_DONE].by_main:
        raise Mismatch(f"'{PROGRAM_DONE}' was printed by another thread", did=DID, expected="the main thread prints it")


@check(
    needs=["prints_three_lines"],
    hint="Write class SecondThread(threading.Thread) with a method run(self): that is how a thread gets work of its own.",
)
def test_is_a_class_of_its_own(student):
    """Has a class made from threading.Thread with a run() of its own"""
    watch(student, "second_thread.py")
    own_classes, _ = noted(student, DID)
    if not own_classes:
        raise Missing(
            "there is no such class", did="We looked into second_thread.py", expected="a subclass of threading.Thread with run()"
        )


@check(
    hint="range(start, 0, -1) counts from start down to 1. Print the name and the number, for every name given as name=number.",
)
def test_counts_down_every_name(student, rng):
    """Counts every name down, from its number to 1"""
    count_down(student, some_countdowns(rng))


@check(
    needs=["counts_down_every_name"],
    hint="Start all threads first, then join all of them. start() and join() in one loop let one thread run after the other.",
)
def test_counts_down_at_the_same_time(student, rng):
    """Runs all countdowns at the same time"""
    countdowns = some_countdowns(rng)
    lines, did = count_down(student, countdowns)
    places = {(name, number): place for place, (name, number, _) in enumerate(counts(lines, countdowns))}
    for name in countdowns:
        for other, start in countdowns.items():
            if places[other, start] > places[name, 1]:
                raise Mismatch(
                    f"{name} had come to 1 before {other} began", did=did, expected="all of them begin before one is over"
                )


@check(
    needs=["counts_down_every_name"],
    hint="Make one Thread for every name. The main thread only starts them and waits.",
)
def test_gives_every_countdown_its_own_thread(student, rng):
    """Lets a thread of its own print each countdown"""
    countdowns = some_countdowns(rng)
    lines, did = count_down(student, countdowns)
    owner = {}
    for name, _, line in counts(lines, countdowns):
        if line.by_main:
            raise Mismatch(f"'{line.text}' was printed by the main thread", did=did, expected="a thread of its own for each name")
        if owner.setdefault(name, line.thread) != line.thread:
            raise Mismatch(f"{name} was counted by several threads", did=did, expected="one thread for each name")
    if len(set(owner.values())) < len(countdowns):
        raise Mismatch("one thread counted several names", did=did, expected="a thread of its own for each name")


@check(
    needs=["counts_down_every_name"],
    hint="join() waits for the end of a thread. Join every one before you print the last line.",
)
def test_ends_after_the_last_countdown(student, rng):
    """Prints the last line when all countdowns are done"""
    countdowns = some_countdowns(rng)
    lines, did = count_down(student, countdowns)
    if lines[-1].text != ALL_DONE:
        raise Mismatch(f"the last line was '{visible(lines[-1].text)}'", did=did, expected=f"'{ALL_DONE}' as the last line")
    if lines[-1].alive > 1:
        raise Mismatch("a countdown was still running when it was printed", did=did, expected="join() every thread before")


# ---- running and looking

DID = "We ran second_thread.py"


class Line:
    """A line, the thread that printed it, and how many threads lived at that moment."""

    def __init__(self, text, thread, by_main, alive):
        self.text, self.thread, self.by_main, self.alive = text, thread, by_main, alive


def watch(student, file, *arguments):
    """Run a program and return its lines in the order in which they were begun.

    Two threads that print at the same time may mix their lines, so each line is put together from what one thread wrote.
    """
    student.read_file(file)  # said at once if it is missing
    student.add_file("grader_helper.py", HELPER)
    run = student.run("grader_helper.py", file, *arguments)
    run.did = "We ran " + " ".join([file, *arguments])
    run.expect_exit(0)
    if not student.has("seen.json"):
        raise Crashed("the program ended without coming to its end", did=run.did, expected="it ends when its last thread has")
    lines, unfinished = [], {}
    for thread, by_main, alive, text in noted(student, run.did)[1]:
        for part in text.splitlines(keepends=True):
            line = unfinished.get(thread)
            if line is None:
                line = unfinished[thread] = Line("", thread, by_main, alive)
                lines.append(line)
            line.text += part
            if part.endswith("\n"):
                del unfinished[thread]
    for line in lines:
        line.text = " ".join(line.text.split())
    return [line for line in lines if line.text]


def three_lines(student):
    lines = watch(student, "second_thread.py")
    for wanted in (BEGINS, THREAD_DONE, PROGRAM_DONE):
        found = [line for line in lines if line.text == wanted]
        if len(found) != 1:
            raise Mismatch(f"the program printed {shown(lines)}", did=DID, expected=f"the line '{wanted}', once")
    return lines


def noted(student, did):
    """What the helper wrote down: classes of started threads, and pieces of text. The program could have written there, too."""
    try:
        own_classes, pieces = json.loads(student.read_file("seen.json"))
        if all(list(map(type, piece)) == [int, bool, int, str] for piece in pieces):
            return own_classes, pieces
    except (ValueError, TypeError, RecursionError):
        pass
    raise Mismatch("the program has changed what the grader wrote down", did=did, expected="it leaves other files alone")


def counts(lines, names):
    """Name, number and line of every line that has a name and a number behind it: `red 3`, `red: 3`, but not `red is done`."""
    pattern = re.compile(rf"(?<!\w)({'|'.join(names)})(?!\w)\D*?(\d{{1,9}})")
    return [(found[1], int(found[2]), line) for line in lines if (found := pattern.search(line.text))]


def some_countdowns(rng):
    names = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 7))) for _ in range(3)]
    return {name + letter: rng.randint(3, 5) for name, letter in zip(names, "xyz", strict=True)}


def count_down(student, countdowns):
    """The lines of countdowns.py for these names, all numbers among them, and the words for what we did."""
    arguments = [f"{name}={start}" for name, start in countdowns.items()]
    lines = watch(student, "countdowns.py", *arguments)
    did = "We ran countdowns.py " + " ".join(arguments)
    if not lines:
        raise Missing("the program printed nothing", did=did, expected="a line for every number")
    for name, start in countdowns.items():
        numbers = [number for other, number, _ in counts(lines, countdowns) if other == name]
        if numbers != list(range(start, 0, -1)):
            raise Mismatch(
                f"for {name} the program printed {shown([line for line in lines if name in line.text])}",
                did=did,
                expected=f"'{name} {start}' down to '{name} 1', in this order",
            )
    return lines, did


def shown(lines):
    return "'" + visible("\n".join(line.text for line in lines[:12])) + "'" if lines else "nothing"
