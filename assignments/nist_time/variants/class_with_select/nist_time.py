"""The program; how one talks to a daytime server is in `daytime`."""

import sys
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from daytime import Daytime

__all__ = ["describe", "parse_daytime"]


class Hours(tzinfo):
    """So many hours away from UTC, with fractions."""

    def __init__(self, hours: float) -> None:
        self.offset = timedelta(hours=hours)

    def utcoffset(self, _moment):
        return self.offset

    def dst(self, _moment):
        return timedelta()

    def tzname(self, _moment):
        return str(self.offset)


def parse_daytime(line: str) -> datetime:
    fields = dict(enumerate(line.split()))
    return datetime.strptime(fields[1] + fields[2], "%y-%m-%d%H:%M:%S").replace(tzinfo=ZoneInfo("UTC"))


def describe(moment: datetime) -> str:
    return " ".join(["It is now", f"{moment:%T}", "on", f"{moment:%-d}", f"{moment:%B}", f"{moment:%Y}"])


if __name__ == "__main__":
    match sys.argv[1:]:
        case [hours, *_]:
            zone = Hours(float(hours))
        case _:
            zone = Hours(0)
    try:
        print(describe(parse_daytime(Daytime("time.nist.gov").ask()).astimezone(zone)))
    except (OSError, EOFError, LookupError, ValueError) as problem:
        print(f"nist_time: {problem!r}", file=sys.stderr)
        sys.exit(1)
