"""What a right program of the benchmark does: pure functions, the same for every grader that is measured.

The generated course has a copy of this text in front of its checks; so nothing but the standard library is imported here.
"""

from __future__ import annotations

STAFF = [("a1", "Hopper", 1949), ("b2", "Lovelace", 1843), ("c3", "Perlman", 1980), ("d4", "Turing", 1938), ("e5", "Wing", 1983)]
"""id, name, year: what every `staff.py` keeps; not in order of the years."""
LINE = "56259 12-11-28 19:30:19 00 0 0 118.4 UTC(NIST) *"
OTHER_LINE = "60310 24-01-01 00:05:09 00 0 0 050.0 UTC(NIST) *"

STAFF_CHECKS = ("prints_everyone", "prints_in_order", "keeps_a_database")
CLOCK_CHECKS = ("prints_the_time", "prints_another_time", "reads_pieces", "survives_refusal", "survives_silence")

REPLIES: dict[str, bytes | None] = {
    "prints_the_time": f"\n{LINE} \n".encode(),
    "prints_another_time": f"\n{OTHER_LINE} \n".encode(),
    "reads_pieces": f"\n{LINE} \n".encode(),
    "survives_refusal": None,
    "survives_silence": b"",
}
"""What the fake server answers in a check of the clock; None: nobody listens."""
CUT = 12
"""Where a reply that arrives in pieces is cut: within the date."""


def judge(check: str, exit_code: int, stdout: str, stderr: str, database: bytes = b"") -> str:
    """Return what is wrong with a run, in a few words; empty if nothing is."""
    if check in ("survives_refusal", "survives_silence"):
        if exit_code == 0:
            return "the exit code was 0"
        return "there was a traceback, or no message" if "Traceback" in stderr or not stderr.strip() else ""
    if exit_code != 0:
        return f"the exit code was {exit_code}"
    lines = [line.strip() for line in stdout.splitlines() if line.strip()]
    if check == "prints_everyone":
        missing = [id for id, name, year in STAFF if not any(_tells(line, id, name, year) for line in lines)]
        return f"missing: {missing}" if missing else ""
    if check == "prints_in_order":
        years = [year for line in lines for _, name, year in STAFF if name in line]
        return "" if years == sorted(year for _, _, year in STAFF) else f"the order was {years}"
    if check == "keeps_a_database":
        kept = database.startswith(b"SQLite format 3\0") and all(name.encode() in database for _, name, _ in STAFF)
        return "" if kept else "staff.db does not hold them"
    wanted = "00:05:09 on 2024-01-01" if check == "prints_another_time" else "19:30:19 on 2012-11-28"
    return "" if lines == [f"It is {wanted}"] else f"the output was {stdout[:200]!r}"


def _tells(line: str, id: str, name: str, year: int) -> bool:
    return id in line and name in line and str(year) in line
