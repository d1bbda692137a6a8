"""Everything the author of a check imports. Nothing of the engine's inside is needed in a check.

    from grader.checks import Split, check

    @check(needs=["prints_the_time"], hint="recv() may return a part of the line.")
    def test_reads_a_reply_in_pieces(student, daytime_server):
        \"\"\"Prints the same line when the reply arrives one byte at a time\"\"\"
        daytime_server.reply_at("2012-11-28 19:30:19", faults=[Split(1)])
        student.run("clock.py").expect_exit(0).expect_line("It is now 19:30:19 on November 28, 2012")

Fixtures are in `fixtures`; CONTRIBUTING says more. How programs are run, and how results are shown, is not in this room.

Doors, used by other rooms:
    check       the decorator, and what it notes about a check
    doubt       why a failed check deserves a second look
    job         what a session lends to a job's checks, and what they have found so far
    patience    how long all checks together wait for a student's programs
    plugin      what is done at which moment of pytest's run
    scenarios   the decorator for generated scenarios, and the one that a run is given

Inside, used only here, or by authors through the names below:
    answer          the pipes between a check and a program of ours on the student's side
    attempt         one check in progress
    calls           calls of a student's functions
    cause           a crash or end that explains a wait in vain
    conversation    what a check says about a conversation in a notebook
    fixtures        what a check may take: `student`, `rng`, `scenario`, `connect`, the fake servers
    hints           hints that follow the cause of a failure
    no_program      what a file is that was handed in as a program and is none
    notebook        what a check says about a notebook
    outcome         from what a check raised to its result
    overrun         the fault of a program that a limit has ended
    plain_data      what `student.call` takes and gives
    polled          a wait in vain for programs that only slept and looked
    program         a student's program, while it runs and after its end
    selection       which checks run, and whether one may
    splits          every way TCP may cut data
    sql_trace       the SQL statements of a student's programs
    standstill      the fault of a check in which nothing can happen any more
    student         one student's folder, and the programs in it
    waiting         words for one program that waits for ever
"""

from grader.checks.check import check
from grader.checks.conversation import expect_conversation, play_conversation
from grader.checks.notebook import expect_code_unchanged, expect_explained
from grader.checks.plain_data import Answer, ConnectedSocket, Database, NamedRow
from grader.checks.program import Program, Run
from grader.checks.scenarios import scenarios
from grader.checks.splits import try_every_split
from grader.checks.student import Student
from grader.errors import Cause, Crashed, Mismatch, Missing, Stuck, StudentFault, TimedOut
from grader.reports.text import visible
from grader.servers.client import Peer
from grader.servers.faults import CloseEarly, Delay, Garbage, Reset, Silent, Split, SplitAt
from grader.servers.http_client import HttpReply, http_request

__all__ = [
    "Answer",
    "Cause",
    "CloseEarly",
    "ConnectedSocket",
    "Crashed",
    "Database",
    "Delay",
    "Garbage",
    "HttpReply",
    "Mismatch",
    "Missing",
    "NamedRow",
    "Peer",
    "Program",
    "Reset",
    "Run",
    "Silent",
    "Split",
    "SplitAt",
    "Stuck",
    "Student",
    "StudentFault",
    "TimedOut",
    "check",
    "expect_code_unchanged",
    "expect_conversation",
    "expect_explained",
    "http_request",
    "play_conversation",
    "scenarios",
    "try_every_split",
    "visible",
]
