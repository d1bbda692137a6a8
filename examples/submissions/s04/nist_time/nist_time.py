import socket
import sys
from datetime import datetime, timezone


def parse_daytime(line):
    parts = line.split()
    year, month, day = [int(n) for n in parts[1].split("-")]
    hour, minute, second = [int(n) for n in parts[2].split(":")]
    return datetime(2000 + year, month, day, hour, minute, second, tzinfo=timezone.utc)


def describe(moment):
    return moment.strftime("It is now %H:%M:%S on %B %d, %Y")


def main():
    s = socket.socket()
    try:
        s.connect(("time.nist.gov", 13))
        data = b""
        while True:
            more = s.recv(100)
            if not more:
                break
            data += more
        moment = parse_daytime(data.decode("ascii", "replace"))
    except (OSError, ValueError, IndexError):
        print("Sorry, no time today", file=sys.stderr)
        sys.exit(1)
    if len(sys.argv) > 1:
        # turns the hour hand only: the date never changes, and half hours are lost
        moment = moment.replace(hour=(moment.hour + int(float(sys.argv[1]))) % 24)
    print(describe(moment))


if __name__ == "__main__":
    main()
