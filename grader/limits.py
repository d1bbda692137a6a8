"""What a student's program may use, and how much of it is taken in: every figure, with its unit and its reason.

An author sets the fields of `Limits` in `assignment.toml`; the constants below it are fixed. How a program is made to keep to a
figure is not in here. CONTRIBUTING.md shows all of them in tables, which are these docstrings: a test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

# ---- waits

WAITS_PER_CHECK = 6
"""All waits of one check together last no longer than so many that each use up `wall_seconds`."""
WAITS_PER_SUBMISSION = 2
"""All waits of a submission last no longer than so many for each of its checks. Right programs use a small part of one."""
BY_HAND_SECONDS = 3600
"""How long `grader replay` waits for a person to start a program; and its `wall_seconds` and `cpu_seconds` then."""
SCENARIO_SHRINKS = 150
"""When a generated scenario has failed: how many smaller ones are played at most to find the smallest that still fails."""
SCENARIO_SLOW_SHRINKS = 3
"""The same when it failed by a time limit, so that each of them is a long wait."""


@dataclass(frozen=True)
class Limits:
    """What one run of a student's program may use, as far as an assignment's author may say. Seconds are seconds, sizes bytes."""

    wall_seconds: float = 10.0
    """How long a check waits for one thing that the program should do: its end, a line, a connection."""
    cpu_seconds: int = 2
    """Computing time of all its processes together, the dead ones, too. The watchdog ends a program that takes more."""
    output_bytes: int = 1 * MIB
    """What it prints, on standard output and standard error together. It is ended when it prints more."""
    memory_bytes: int = 512 * MIB
    """Memory that its processes really take, shared pages counted once. The watchdog ends a program that takes more."""
    processes: int = 64
    """Processes and threads at the same time. Only in the sandbox: elsewhere the kernel would count all of the user's own."""
    disk_bytes: int = 64 * MIB
    """What its folder holds. Only in the sandbox."""

    scenario_seconds: float = 10.0
    """How long a check goes on with new scenarios, and once more as long with smaller ones when one has failed."""

    @property
    def file_bytes(self) -> int:
        """Its largest file: half of the folder, so that one file leaves room for another."""
        return self.disk_bytes // 2

    @property
    def cpu_signal_seconds(self) -> int:
        """Computing time of one process at which the kernel itself ends it with a signal, should the watchdog be late."""
        return self.cpu_seconds + 1

    @property
    def cpu_kill_seconds(self) -> int:
        """Computing time at which the kernel kills a process that ignores that signal."""
        return self.cpu_signal_seconds + 1

    @property
    def check_seconds(self) -> float:
        """All waits of one check together."""
        return WAITS_PER_CHECK * self.wall_seconds

    @property
    def exploring_seconds(self) -> float:
        """All waits for a check's generated scenarios together, beside those of the one that is told in the end."""
        return self.scenario_seconds + WAITS_PER_SUBMISSION * self.wall_seconds

    def submission_seconds(self, checks: int) -> float:
        """All waits of a submission of so many checks together."""
        return max(WAITS_PER_CHECK, WAITS_PER_SUBMISSION * checks) * self.wall_seconds

    def for_a_person(self) -> Limits:
        """The limits of a program that a person starts and steps through."""
        return replace(self, wall_seconds=float(BY_HAND_SECONDS), cpu_seconds=BY_HAND_SECONDS)


# ---- a program in the sandbox; in portable mode only the last of these holds

ADDRESS_SPACE_BYTES = 2 * GIB
"""Addresses of one process, in the sandbox: not memory, since every thread reserves 8 MiB of them and touches little."""
OPEN_FILES = 256
"""Descriptors that one process has open, in the sandbox."""
FOLDER_ENTRIES = 4096
"""Files and folders in its folder, and as many in `/tmp` and `/dev/shm`, in the sandbox: each takes memory that nobody counts."""
SCRATCH_BYTES = 16 * MIB
"""What `/tmp` and `/dev/shm` hold together, in the sandbox."""
CORE_BYTES = 0
"""A dump of its memory after a crash: of no use to anybody."""

# ---- what the programs of one check send to fake servers and clients; right ones need 8.5 MB and a few dozen connections

CONNECTION_BYTES = 16 * MIB
"""What is taken in from one connection. Whoever sends more fails the check."""
ALL_CONNECTIONS_BYTES = 64 * MIB
"""What one check takes in from all connections together."""
OPEN_CONNECTIONS = 100
"""Connections that one fake server holds at the same time."""
MOST_CONNECTIONS = 1000
"""Connections that all fake servers of one check accept."""

# ---- what is read of that which a program leaves

READ_FILE_BYTES = 64 * MIB
"""The largest file of its folder that a check reads."""
NOTED_WRITES = 5000
"""Writes to the screen of which it is noted which thread made them; more of them fail the check that asks for it."""
NOTES_BYTES = 8 * MIB
"""What is read of those notes where the program itself takes them down."""
SQL_TRACE_BYTES = 1 * MIB
"""What is read of the SQL statements that a program had run."""
ANSWER_BYTES = 8 * MIB
"""What is read of the answer when a check calls a function of the student's, or asks a database."""
ANSWER_ROWS = 10_000
"""Rows of a database that one query of a check gives; what comes after is left out."""
ANSWER_PARTS = 100_000
"""Values in what the functions return that a check calls at once; a list is one, and so is each of its items."""
ANSWER_DEPTH = 50
"""How deep lists and dictionaries in such a result are nested."""
ANSWER_BITS = 10_000
"""Bits of a whole number in such a result."""
ANSWER_TRACEBACK = 100_000
"""Characters of the traceback when such a function raises; the last ones."""
SESSION_BYTES = 2 * GIB
"""Memory of the session, whatever programs make it keep: it fails before the machine does. An honest class takes
far below 200 MB."""

# ---- what is read of a submission; the assignment's own files come first

SUBMISSION_FILE_BYTES = 4 * MIB
"""One file of a submission. What is larger, or too much, is left out, and the student is told."""
NOTEBOOK_BYTES = 32 * MIB
"""A notebook as it is handed in. What is larger than one file may be is read without the outputs of its cells."""
SUBMISSION_BYTES = 16 * MIB
"""All files of a submission together."""
SUBMISSION_FILES = 500
"""Files of a submission."""
SUBMISSION_ENTRIES = 5000
"""Names that are looked at in a submission, folders and skipped files among them."""
SUBMISSION_DEPTH = 16
"""Folders inside one another in a submission."""
