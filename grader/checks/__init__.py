"""Everything the author of a check imports. Nothing of the engine's inside is needed in a check.

    from grader.checks import Split, check

    @check(needs=["prints_the_time"], hint="recv() may return a part of the line.")
    def test_reads_a_reply_in_pieces(student, daytime_server):
        \"\"\"Prints the same line when the reply arrives one byte at a time\"\"\"
        daytime_server.reply_at("2012-11-28 19:30:19", faults=[Split(1)])
        student.run("clock.py").expect_exit(0).expect_line("It is now 19:30:19 on November 28, 2012")

Fixtures are in `plugin.py`; CONTRIBUTING.md lists them.
"""

from grader.checks.check import check
from grader.checks.conversation import expect_conversation, play_conversation
from grader.checks.notebook import expect_code_unchanged, expect_explained
from grader.checks.plain_data import Answer, ConnectedSocket, Database, NamedRow
from grader.checks.program import Program, Run
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
    "try_every_split",
    "visible",
]
