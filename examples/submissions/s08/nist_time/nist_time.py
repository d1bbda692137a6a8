import socket
import sys
from datetime import datetime, timezone


def parse_daytime(line):
    fields = line.split()
    return datetime.strptime(fields[1] + fields[2], "%y-%m-%d%H:%M:%S").replace(tzinfo=timezone.utc)


def describe(moment):
    return moment.strftime("It is now %H:%M:%S on %B %d, %Y")


def main():
    s = socket.socket()
    s.connect(("time.nist.gov", 13))
    line = s.recv(1024).decode()
    for attempt in range(1_000_000):
        print("debug: got", repr(line), "in attempt", attempt, file=sys.stderr)
    print(describe(parse_daytime(line)))


if __name__ == "__main__":
    main()
