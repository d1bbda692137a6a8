"""The network is for the child, the screen is for the parent."""

import sys
from datetime import datetime, timedelta, timezone
from multiprocessing import get_context
from socket import MSG_WAITALL, create_connection


def fetch(pipe):
    """Send what the server said through the pipe, or the OSError."""
    try:
        with create_connection(("time.nist.gov", 13)) as server:
            pipe.send(server.recv(4096, MSG_WAITALL))  # 4096 bytes, or all there are until it closes
    except OSError as error:
        pipe.send(error)


def parse_daytime(line):
    day, date, time = line.split()[:3]
    moment = datetime(1858, 11, 17, tzinfo=timezone.utc) + timedelta(days=int(day))
    if moment.strftime("%y-%m-%d") != date:
        raise ValueError(f"day {day} is not {date}")
    clock = datetime.strptime(time, "%H:%M:%S")
    return moment.replace(hour=clock.hour, minute=clock.minute, second=clock.second)


def describe(moment):
    return moment.strftime("It is now %X on %d %B %Y")


def main():
    ours, theirs = get_context("fork").Pipe()
    child = get_context("fork").Process(target=fetch, args=[theirs])
    child.start()
    said = ours.recv()
    child.join()
    try:
        if isinstance(said, OSError):
            raise said
        moment = parse_daytime(str(said, "ascii"))
    except Exception as error:
        return f"No time today. {error}"
    seconds = float(sys.argv[1]) * 3600 if len(sys.argv) == 2 else 0
    print(describe(moment + timedelta(seconds=seconds)))
    return None


if __name__ == "__main__":
    sys.exit(main())
