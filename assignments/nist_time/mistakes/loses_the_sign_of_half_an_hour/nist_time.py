"""Ask NIST what time it is.

Usage: python nist_time.py [UTC_OFFSET_HOURS]
"""

import socket
import sys
from datetime import UTC, datetime, timedelta

HOST = "time.nist.gov"
PORT = 13


def read_reply() -> str:
    """Connect to the server and return all it says until it closes the connection."""
    reply = b""
    with socket.create_connection((HOST, PORT), timeout=5) as connection:
        while piece := connection.recv(1024):  # b"" means: the server has closed
            reply += piece
    return reply.decode("ascii")


def parse_daytime(line: str) -> datetime:
    """Return the moment (UTC) in a line such as `56259 12-11-28 19:30:19 00 0 0 118.4 UTC(NIST) *`.

    Raises ValueError if there is none.
    """
    _, date, time, *_ = line.split()
    moment = datetime.strptime(f"{date} {time}", "%y-%m-%d %H:%M:%S")
    return moment.replace(tzinfo=UTC)


def describe(moment: datetime) -> str:
    """Return `It is now 19:30:19 on November 28, 2012`."""
    return moment.strftime("It is now %H:%M:%S on %B %d, %Y")


def main() -> None:
    offset = sys.argv[1] if len(sys.argv) > 1 else "0"
    hours = int(float(offset))
    minutes = round(abs(float(offset)) % 1 * 60)
    if hours < 0:
        minutes = -minutes
    try:
        moment = parse_daytime(read_reply())
    except (OSError, ValueError) as problem:  # no connection, or no time in what came
        sys.exit(f"No time from {HOST}: {problem}")
    print(describe(moment + timedelta(hours=hours, minutes=minutes)))


if __name__ == "__main__":
    main()
