"""What time is it? Ask NIST."""
import re
import socket
import sys
from datetime import datetime, timedelta, timezone

STAMP = re.compile(r"(\d\d)-(\d\d)-(\d\d)\s+(\d\d):(\d\d):(\d\d)\b.*UTC\(NIST\)")
MONTHS = "January February March April May June July August September October November December".split()


def parse_daytime(line):
    found = STAMP.search(line)
    if found is None:
        raise ValueError(f"not a line of the daytime protocol: {line!r}")
    year, *rest = map(int, found.groups())
    return datetime(2000 + year, *rest, tzinfo=timezone.utc)


def describe(moment):
    return f"It is now {moment:%H:%M:%S} on {moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def fetch():
    with socket.create_connection(("time.nist.gov", 13), timeout=8) as connection:
        with connection.makefile("r", encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.strip():
                    return line.strip()
    raise ValueError("the server sent no line")


def main(arguments):
    try:
        offset = timedelta(hours=float(arguments[0])) if arguments else timedelta()
        moment = parse_daytime(fetch()).astimezone(timezone(offset))
    except (OSError, ValueError) as problem:
        return f"nist_time: {problem}"
    print(describe(moment))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
