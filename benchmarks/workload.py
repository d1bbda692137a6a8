"""Forty made-up submissions to two made-up assignments, and the course that grades them. Nothing is run or measured in here."""

from __future__ import annotations

from pathlib import Path

from benchmarks import judging

STAFF = f"""
import os
import sqlite3

STAFF = {judging.STAFF!r}

if os.path.exists("staff.db"):
    os.remove("staff.db")
link = sqlite3.connect("staff.db")
link.execute("CREATE TABLE staff (id TEXT, name TEXT, year INTEGER)")
link.executemany("INSERT INTO staff VALUES (?, ?, ?)", STAFF)
link.commit()
for row in link.execute("SELECT id, name, year FROM staff ORDER BY year"):
    print(*row)
"""

CLOCK = """
import os
import socket
import sys

ADDRESS = os.environ.get("CLOCK_HOST", "time.nist.gov"), int(os.environ.get("CLOCK_PORT", "13"))

reply = b""
try:
    with socket.create_connection(ADDRESS, timeout=5) as link:
        while piece := link.recv(1024):
            reply += piece
    _, date, time, *_ = reply.decode().split()
except (OSError, ValueError) as problem:
    sys.exit(f"no time: {problem}")
print(f"It is {time} on 20{date}")
"""

MISTAKES: dict[str, tuple[tuple[int, str, str], ...]] = {
    "staff": (
        (4, " ORDER BY year", ""),
        (3, "link.commit()\n", ""),
        (3, "print(*row)", "print(row[1], row[2])"),
    ),
    "clock": (
        (4, "        while piece := link.recv(1024):\n            reply += piece\n", "        reply = link.recv(1024)\n"),
        (4, "(OSError, ValueError)", "ValueError"),
        (2, "on 20{date}", "on 19{date}"),
    ),
}
"""For each assignment: how many submissions make a mistake, and the text that it changes."""
OF_EACH = 20
_FAILED = 4 + 3 + 3 + 4 + 4 + 2 * 3
"""How many checks fail: the wrong century costs three, every other mistake one."""
_STUCK = ('sys.exit(f"no time: {problem}")', '__import__("threading").Event().wait()')
"""A program that never ends when there is no server, or when the server says nothing: two checks."""

_SETTINGS = """
title = "{slug}"
topic = "Benchmark"
order = 1
summary = "Made up for a benchmark."
files = ["{slug}.py"]
[checks]
{checks}
"""

_CHECKS = """

from grader.checks import Mismatch, SplitAt, check


def run_and_judge(name, student, server=None):
    if server is not None and REPLIES[name] is not None:
        reply = REPLIES[name]
        server.reply(reply, faults=[SplitAt([CUT])] if name == "reads_pieces" else [])
    run = student.run(PROGRAM)
    database = student.read_file("staff.db") if name == "keeps_a_database" and student.has("staff.db") else b""
    if wrong := judge(name, run.exit_code, run.stdout, run.stderr, database):
        raise Mismatch(wrong, did=f"We ran {PROGRAM}", expected="what the handout says")

"""


def failed(stuck: int) -> int:
    """How many checks fail when `stuck` submissions never end in two of them."""
    return _FAILED + 2 * stuck


def submissions(stuck: int) -> dict[str, dict[str, str]]:
    """Return the programs of each student, by assignment: half of them right, the others wrong in three ways.

    `stuck` of the right clocks are replaced by such as never end.
    """
    made = {}
    for slug, right in (("staff", STAFF), ("clock", CLOCK)):
        programs = [right.replace(old, new) for many, old, new in MISTAKES[slug] for _ in range(many)]
        if slug == "clock":
            programs += [right.replace(*_STUCK)] * stuck
        assert right not in programs
        programs += [right] * (OF_EACH - len(programs))
        made[slug] = {f"s{number:02}": program for number, program in enumerate(programs)}
    return made


def write_submissions(folder: Path, stuck: int) -> None:
    """Write `folder/<student>/<slug>/<slug>.py`."""
    for slug, programs in submissions(stuck).items():
        for student, program in programs.items():
            place = folder / student / slug
            place.mkdir(parents=True)
            (place / f"{slug}.py").write_text(program, encoding="utf-8")


def write_course(root: Path) -> None:
    """Write the course that grades them."""
    for slug, names, server in (("staff", judging.STAFF_CHECKS, ""), ("clock", judging.CLOCK_CHECKS, "daytime_server")):
        folder = root / "assignments" / slug
        (folder / "checks").mkdir(parents=True)
        points = "\n".join(f"{name} = {{ points = 1 }}" for name in names)
        (folder / "assignment.toml").write_text(_SETTINGS.format(slug=slug, checks=points), encoding="utf-8")
        fixtures = f"student, {server}" if server else "student"
        tests = [
            f'@check(hint="h")\ndef test_{name}({fixtures}):\n    """{name}"""\n    run_and_judge("{name}", {fixtures})\n'
            for name in names
        ]
        source = (
            Path(judging.__file__).read_text(encoding="utf-8") + _CHECKS + f'PROGRAM = "{slug}.py"\n\n\n' + "\n\n".join(tests)
        )
        (folder / "checks" / f"test_{slug}.py").write_text(source, encoding="utf-8")
