"""Checks of second_thread. No clock decides: the engine notes which thread wrote what, and what others did at the last line."""

import ast
import re
import string
from collections import Counter
from itertools import pairwise

from grader.checks import Mismatch, Missing, check, scenarios, visible

BEGINS, THREAD_DONE, PROGRAM_DONE = "Second thread begins.", "Second thread is done.", "The program is done."
ALL_DONE = "All countdowns are done."

SEVERAL = "several lines for each name"
KEPT_BACK = (
    "Your program has a stream of its own that keeps what is printed and writes it all at the end. Make it with "
    "line_buffering=True, or print with flush=True: then each thread writes its own lines."
)
SHARED = (
    "One countdown alone is right, several are not: they share a variable, and each thread changes it for all. Give every thread "
    "its own: a local variable in run(), or an attribute of self."
)


@check(
    hint="start() begins the thread and returns at once. Its run() prints two lines, the main program prints the other one.",
)
def test_prints_three_lines(student):
    """Prints the three lines of the handout"""
    run, lines = watch(student, "second_thread.py", watched=PROGRAM_DONE)
    for wanted in (BEGINS, THREAD_DONE, PROGRAM_DONE):
        expected = f"the line '{wanted}', once"
        if len([line for line in lines if line.text == wanted]) != 1:
            run.expect_no_traceback(expected)
            raise Mismatch(f"the program printed {shown(lines)}", did=run.did, expected=expected)


@check(
    hint="Call start(), not run(), and do not join() the thread before the program's own line is printed. "
    "The thread sleeps between its two lines.",
)
def test_goes_on_while_the_thread_sleeps(student):
    """Prints its own line before the thread is done"""
    run, lines = watch(student, "second_thread.py", watched=PROGRAM_DONE)
    own = line_with(lines, PROGRAM_DONE) or last([line for line in lines if line.by == "main"])
    expected = f"'{PROGRAM_DONE}' while the thread sleeps, before '{THREAD_DONE}'"
    if own is None:
        run.expect_no_traceback(expected)
        raise Missing(f"the program printed {shown(lines)}", did=run.did, expected=expected)
    begins, done = line_with(lines, BEGINS), line_with(lines, THREAD_DONE)
    done = done or last([line for line in lines if line not in (own, begins)])
    if begins and done and lines.index(done) < lines.index(begins):
        raise Mismatch(f"'{done.text}' came before '{BEGINS}'", did=run.did, expected="the thread begins, then it is done")
    if done and lines.index(done) < lines.index(own):
        raise Mismatch(f"'{own.text}' came last", did=run.did, expected=expected)
    if not done and not own.others_at_work:
        run.expect_no_traceback(expected)
        raise Missing(f"no thread was at work when '{own.text}' was printed", did=run.did, expected=expected)


@check(
    hint="What stands in run() happens in the new thread only if you call start(). To call run() is an ordinary call.",
)
def test_prints_from_a_second_thread(student):
    """Prints the lines of the thread in a second thread, and its own in the first"""
    run, lines = watch(student, "second_thread.py", watched=PROGRAM_DONE)
    for line in lines:
        hint = KEPT_BACK if line.came_with_others else ""
        if line.text in (BEGINS, THREAD_DONE):
            expect_by("thread", line, run.did, "a second thread prints it", hint)
        if line.text == PROGRAM_DONE:
            expect_by("main", line, run.did, "the main thread prints it")
    if "thread" not in [line.by for line in lines]:
        expected = "a second thread prints its lines"
        run.expect_no_traceback(expected)
        raise Missing("no second thread printed anything", did=run.did, expected=expected)


@check(
    hint="Write class SecondThread(threading.Thread) with a method run(self): that is how a thread gets work of its own.",
)
def test_is_a_class_of_its_own(student):
    """Has a class made from threading.Thread with a run() of its own, and uses it"""
    did, expected = "We looked into second_thread.py", "a subclass of threading.Thread with run()"
    trees = own_modules(student, "second_thread.py", did)
    threads = classes_with_run(trees)
    if not threads:
        raise Missing("there is no such class", did=did, expected=expected)
    if not threads & names_used(trees):
        raise Missing(f"the class {min(threads)} is never used", did=did, expected=f"{expected}, and a thread made from it")


@check(
    hint="range(start, 0, -1) counts from start down to 1. Print the name and the number, for every name given as name=number.",
)
def test_counts_down_every_name(student, rng):
    """Counts every name down, from its number to 1"""
    countdowns = some_countdowns(rng)
    run, lines = count_down(student, countdowns)
    for name, start in countdowns.items():
        expected = f"'{name} {start}' down to '{name} 1', in this order"
        if numbers_of(name, lines, countdowns) != list(range(start, 0, -1)):
            run.expect_no_traceback(expected)
            found = shown([line for line in lines if name in line.text])
            hint = SHARED if share_a_variable(student, lines, countdowns) else ""
            raise Mismatch(f"for {name} the program printed {found}", did=run.did, expected=expected, hint=hint)


@check(
    hint="Start all threads first, then join all of them. start() and join() in one loop let one thread run after the other.",
)
def test_counts_down_at_the_same_time(student, rng):
    """Runs all countdowns at the same time"""
    countdowns = some_countdowns(rng)
    run, lines = count_down(student, countdowns)
    groups = one_group_each(run, lines, countdowns)
    longer = {name: own for name, own in groups.items() if len(own) > 1}  # of a single line nobody knows when it was over
    if len(longer) < 2:
        run.expect_no_traceback(SEVERAL)
        raise Missing(f"the program printed {shown(lines)}", did=run.did, expected=SEVERAL)
    for name, own in longer.items():
        for other, others in groups.items():
            if lines.index(others[0]) > lines.index(own[-1]):
                happened = f"{name} had come to its end before {other} began"
                raise Mismatch(happened, did=run.did, expected="all of them begin before one is over")


@check(
    hint="Make one Thread for every name. The main thread only starts them and waits.",
)
def test_gives_every_countdown_its_own_thread(student, rng):
    """Lets a thread of its own print each countdown"""
    countdowns = some_countdowns(rng)
    run, lines = count_down(student, countdowns)
    groups = one_group_each(run, lines, countdowns)
    for name, group in groups.items():
        for line in group:
            hint = KEPT_BACK if line.came_with_others else ""
            expect_by("thread", line, run.did, "a thread of its own for each name", hint)
        if len({line.thread for line in group}) > 1:
            raise Mismatch(f"{name} was counted by several threads", did=run.did, expected="one thread for each name")
    if len({group[0].thread for group in groups.values()}) < len(groups):
        raise Mismatch("one thread counted several names", did=run.did, expected="a thread of its own for each name")


@check(
    needs=["counts_down_every_name"],
    hint="Call time.sleep(0.1) in the loop, behind print(). A loop that only looks at the clock keeps the computer busy.",
)
def test_sleeps_between_two_numbers(student, rng):
    """Lets each countdown sleep between two of its numbers"""
    name, start = some_countdowns(rng).popitem()[0], rng.randint(4, 5)  # alone: nobody else makes its thread wait
    run, lines = count_down(student, {name: start})
    found = [(number, line) for _, number, line in counts(lines, [name])]
    for (_, line), (_, later) in pairwise(found):
        between = lines[lines.index(line) : lines.index(later) + 1]
        sleeps = [sleep for one in between if one.thread == later.thread for sleep in one.sleeps]
        if None not in sleeps and not sum(sleeps[1:]):
            hint = KEPT_BACK if line.came_with_others else ""
            happened = f"its thread did not sleep between two numbers of {name}"  # which two may be another two next time
            raise Mismatch(happened, did=run.did, expected="a pause after each number, in which the thread sleeps", hint=hint)


@check(
    hint="join() waits for the end of a thread. Join every one before you print the last line.",
)
def test_ends_after_the_last_countdown(student, rng):
    """Prints the last line when all countdowns are done"""
    countdowns = some_countdowns(rng)
    run, lines = count_down(student, countdowns, watched=ALL_DONE)
    expected = f"'{ALL_DONE}' as the last line, after the countdowns"
    if lines[-1].text != ALL_DONE:
        run.expect_no_traceback(expected)
        raise Mismatch(f"the last line was '{visible(lines[-1].text)}'", did=run.did, expected=expected)
    if len(lines) == 1:
        raise Mismatch("it was the only line", did=run.did, expected=expected)
    if lines[-1].others_at_work or (lines[-1].others_at_work is None and not all_down_to_1(lines, countdowns)):
        raise Mismatch("a countdown was still running when it was printed", did=run.did, expected="join() every thread before")


def any_words(st):
    """Any names, some of them twice, and numbers to begin with."""
    name = st.sampled_from(["red", "redder", "re", "Red", "r2", "grün", "blue_2", "x"])
    starts = st.lists(st.integers(1, 5), min_size=1, max_size=2)
    return st.lists(st.tuples(name, starts), min_size=1, max_size=4, unique_by=lambda one: one[0]).map(words_for)


def words_for(names):
    """Name and number of each word: first all names, then once more those that come twice."""
    return [(name, starts[0]) for name, starts in names] + [(name, start) for name, starts in names for start in starts[1:]]


@check(
    needs=["counts_down_every_name", "ends_after_the_last_countdown"],
    hint="Make a thread for each word of sys.argv[1:], and put nothing of it where another word of the same name finds it.",
)
@scenarios(any_words, says="one word or many, with any numbers from 1 on, and two of them may have the same name", most=4)
def test_counts_down_any_words(student, scenario):
    """Counts down any number of names from any numbers, equal names too"""
    run, lines = watch(student, "countdowns.py", *(f"{name}={start}" for name, start in scenario))
    for name in dict.fromkeys(name for name, _ in scenario):
        starts = [start for other, start in scenario if other == name]
        found = numbers_of(name, lines, {name for name, _ in scenario})
        expected = f"'{name} {starts[0]}' down to '{name} 1'"
        if len(starts) > 1:
            expected = f"each number of {' and of '.join(f'{name}={start}' for start in starts)}, down to 1"
        if not are_countdowns(found, starts):
            run.expect_no_traceback(expected)
            lines_of_it = [line for line in lines if re.search(rf"(?<!\w){name}(?!\w)", line.text)]
            raise Mismatch(f"for {name} the program printed {shown(lines_of_it)}", did=run.did, expected=expected)
    if lines[-1].text != ALL_DONE:
        run.expect_no_traceback(f"'{ALL_DONE}' as the last line")
        raise Mismatch(f"the last line was '{visible(lines[-1].text)}'", did=run.did, expected=f"'{ALL_DONE}' as the last line")


def are_countdowns(numbers, starts):
    """Whether several countdowns, however they take turns, give these numbers: no number comes before the one above it."""
    if Counter(numbers) != Counter(number for start in starts for number in range(1, start + 1)):
        return False
    begun, came = Counter(starts), Counter()
    for number in numbers:
        came[number] += 1
        if came[number] > came[number + 1] + begun[number]:
            return False
    return True


# ---- running and looking

WHO = {"main": "the main thread", "thread": "another thread", "process": "another process"}


class Line:
    """A line, who printed it, whether other threads were at work then, and whether one write brought it together with others.

    `sleeps`: how often its thread had slept before each of the line's writes, since the one before it.
    """

    def __init__(self, write):
        self.sleeps = []
        self.text, self.thread, self.by = "", write.thread, write.by
        self.others_at_work, self.came_with_others = None, write.data.count(b"\n") > 1


def watch(student, file, *arguments, watched=""):
    """Run a program; return the run and its lines in the order in which they were begun.

    At the words `watched` the other threads go on until they sleep or are gone: so it is no matter of luck which line is first.
    Two threads that print at the same time may mix their lines, so each line is put together from what one thread wrote.
    """
    run = student.run_noting_writers(file, *arguments, watched=watched)
    run.did = "We ran " + " ".join([file, *arguments])
    run.expect_exit(0)
    lines, unfinished = [], {}
    for write in run.writes:
        for part in write.data.decode("utf-8", "backslashreplace").splitlines(keepends=True):
            line = unfinished.get(write.thread)
            if line is None:
                line = unfinished[write.thread] = Line(write)
                lines.append(line)
            line.text += part
            line.sleeps.append(write.sleeps)
            line.others_at_work = write.others_at_work if line.others_at_work is None else line.others_at_work
            if part.endswith("\n"):
                del unfinished[write.thread]
    for line in lines:
        line.text = " ".join(line.text.split())
    return run, [line for line in lines if line.text]


def line_with(lines, text):
    return next((line for line in lines if line.text == text), None)


def last(lines):
    return lines[-1] if lines else None


def expect_by(by, line, did, expected, hint=""):
    if line.by != by:
        raise Mismatch(f"'{visible(line.text)}' was printed by {WHO[line.by]}", did=did, expected=expected, hint=hint)


LONGEST = 1000
"""Characters of a line in which a name and a number are looked for: to search in a line of a megabyte could take hours."""


def counts(lines, names):
    """Name, number and line of every line that has a name and a number behind it: `red 3`, `red: 3`, but not `red is done`."""
    pattern = re.compile(rf"(?<!\w)({'|'.join(names)})(?!\w)\D*?(\d{{1,9}})")
    return [(found[1], int(found[2]), line) for line in lines if (found := pattern.search(line.text[:LONGEST]))]


def numbers_of(name, lines, names):
    return [number for other, number, _ in counts(lines, names) if other == name]


def all_down_to_1(lines, countdowns):
    """Whether each has come to its end; asked when a thread is asleep: in a pause, or as an idle worker?"""
    return all(numbers_of(name, lines, countdowns)[-1:] == [1] for name in countdowns)


def some_countdowns(rng):
    names = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 7))) for _ in range(3)]
    return {name + letter: rng.randint(3, 5) for name, letter in zip(names, "xyz", strict=True)}


def count_down(student, countdowns, watched=""):
    """The run of countdowns.py for these names, and its lines."""
    arguments = [f"{name}={start}" for name, start in countdowns.items()]
    run, lines = watch(student, "countdowns.py", *arguments, watched=watched)
    if not lines:
        run.expect_no_traceback("a line for every number")
        raise Missing("the program printed nothing", did=run.did, expected="a line for every number")
    return run, lines


def one_group_each(run, lines, countdowns):
    """The lines of each countdown: those that have its name or, where the names are missing, those of each thread."""
    groups = {name: [line for other, _, line in counts(lines, countdowns) if other == name] for name in countdowns}
    if not any(groups.values()):
        threads = dict.fromkeys(line.thread for line in lines if line.by == "thread" and re.search(r"\d", line.text))
        of_threads = [[line for line in lines if line.thread == thread] for thread in threads]
        groups = {f"the thread of '{visible(group[0].text)}'": group for group in of_threads} if of_threads else groups
    if not all(groups.values()) or len(groups) < len(countdowns):
        expected = f"a line for each of {', '.join(countdowns)}"
        run.expect_no_traceback(expected)
        raise Missing(f"the program printed {shown(lines)}", did=run.did, expected=expected)
    return groups


def share_a_variable(student, lines, countdowns):
    """Whether every countdown did print something, and one of them alone is right."""
    if not all(numbers_of(name, lines, countdowns) for name in countdowns):
        return False
    name, start = next(iter(countdowns.items()))
    _, alone = watch(student, "countdowns.py", f"{name}={start}")
    return numbers_of(name, alone, countdowns) == list(range(start, 0, -1))


def shown(lines):
    return "'" + visible("\n".join(line.text for line in lines[:12])) + "'" if lines else "nothing"


# ---- the source


def own_modules(student, file, did):
    """The syntax trees of a program and of the modules beside it that it imports."""
    trees, names = {}, [file]
    for name in names:
        try:
            tree = trees[name] = ast.parse(student.read_file(name))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise Mismatch(f"Python cannot read {name}: {error}", did=did, expected="Python can read it") from None
        imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        imported += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) if node.module]
        files = [module.replace(".", "/") + ".py" for module in imported]
        names += [other for other in dict.fromkeys(files) if other not in names and student.has(other)]
    return list(trees.values())


def nodes(trees, *kinds):
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)]


def last_name(node):
    """`Thread` of `Thread` and of `threading.Thread`, `""` of anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def classes_with_run(trees):
    """The names of the classes that are made from Thread, at once or by way of others, with a run() of the student's."""
    imported = [alias for node in nodes(trees, ast.ImportFrom) for alias in node.names]
    threads = {"Thread", "Timer"} | {alias.asname for alias in imported if alias.name == "Thread" and alias.asname}
    classes, with_run, found = nodes(trees, ast.ClassDef), set(), None
    mixins = {made.name for made in classes if has_run(made)}
    while found != (len(threads), len(with_run)):  # until nothing new is learnt: a name may be used above where it is made
        found = len(threads), len(with_run)
        for node in nodes(trees, ast.Assign):
            for known in (threads, with_run):
                if last_name(node.value) in known:
                    known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for made in classes:
            bases = {last_name(base) for base in made.bases}
            if bases & threads:
                threads.add(made.name)
                if has_run(made) or bases & (with_run | mixins):
                    with_run.add(made.name)
    return with_run


def has_run(made):
    functions = [node.name for node in made.body if isinstance(node, ast.FunctionDef)]
    assigned = [last_name(target) for node in made.body if isinstance(node, ast.Assign) for target in node.targets]
    return "run" in functions + assigned


def names_used(trees):
    """Names that stand in the code, but for those of base classes, and of their own definition."""
    bases = {id(base) for made in nodes(trees, ast.ClassDef) for base in made.bases}
    return {last_name(node) for node in nodes(trees, ast.Name, ast.Attribute) if id(node) not in bases and not is_set(node)}


def is_set(node):
    return isinstance(node.ctx, ast.Store)
