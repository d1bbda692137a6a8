# The program of the lecture, brought to Python 3.
from datetime import datetime, timezone
from socket import socket


def parse_daytime(line):
    fields = line.split()
    return datetime.strptime(fields[1] + " " + fields[2], "%y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)


def describe(moment):
    return "It is now " + moment.strftime("%H:%M:%S") + " on " + moment.strftime("%B %d, %Y")


def main():
    connection = socket()
    connection.connect(("time.nist.gov", 13))
    received = connection.recv(1024).decode()
    fields = received.split()
    print("It is now", fields[2], "on", fields[1])


if __name__ == "__main__":
    main()
