import socket
from datetime import datetime, timezone


def parse_daytime(line):
    fields = line.split()
    return datetime.strptime(fields[1] + fields[2], "%y-%m-%d%H:%M:%S").replace(tzinfo=timezone.utc)


def describe(moment):
    return moment.strftime("It is now %H:%M:%S on %B %d, %Y")


def main():
    s = socket.socket()
    s.connect(("time.nist.gov", 13))
    data = b""
    while len(data) < 1024:  # the line is shorter: after the server's close, recv() returns b"" for ever
        data += s.recv(1024)
    print(describe(parse_daytime(data.decode())))


if __name__ == "__main__":
    main()
