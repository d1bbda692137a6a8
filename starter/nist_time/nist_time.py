"""Ask NIST what time it is.

Usage: python nist_time.py [UTC_OFFSET_HOURS]
"""

from datetime import UTC, datetime

HOST = "time.nist.gov"
PORT = 13


def read_reply() -> str:
    """Connect to the server and return all it says until it closes the connection."""
    # TODO: one recv() may return a part of the reply only.
    return ""


def parse_daytime(line: str) -> datetime:
    """Return the moment (UTC) in a line such as `56259 12-11-28 19:30:19 00 0 0 118.4 UTC(NIST) *`.

    Raises an exception, for example ValueError, if there is none.
    """
    # TODO: the date and the time are two of the fields of the line.
    return datetime(1858, 11, 17, tzinfo=UTC)


def describe(moment: datetime) -> str:
    """Return `It is now 19:30:19 on November 28, 2012`."""
    # TODO
    return ""


def main() -> None:
    # TODO: read the reply, find the moment in it, shift it by sys.argv[1] hours if there is one, print the sentence.
    # TODO: no connection, or no time in the reply? Say so on stderr and end with an exit code that is not 0.
    pass


if __name__ == "__main__":
    main()
