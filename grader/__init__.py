"""A grader for a course on databases, event-driven and network programming. Nothing but the version is in here.

The command line is `cli`, and it is started by `__main__`. The rooms, each of which may use those below it:

    commands       what each subcommand gathers and shows
    export         what students get
    publishing     where texts go: files, the terminal, GitHub, Classroom 50
    grading        how a class is graded: batch, sessions, second look, store
    checks         what the author of a check imports, and how a check gets its verdict
    course         what an author wrote, and what is wrong with it
    notebooks      how explanations and conversations are read
    servers        fake servers and scripted clients, and what can go wrong on a wire
    submissions    whose folder is whose, and what is in it
    sandbox        how a student's program is started, confined, watched, explained and killed
    events         what happens during a check, in order
    protocols      what bytes mean
    reports        how results become text

Below them all are the nouns, `model`; whose fault something is, `errors`; and `names` that strangers chose. The first lines of a
room tell which of its modules are for other rooms; `tests/test_rooms.py` holds them to it, and `pyproject.toml` has the order.
"""

__version__ = "0.1.0"
