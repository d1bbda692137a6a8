import sys
from datetime import datetime, timedelta
from socket import AF_INET, SOCK_STREAM, gaierror, socket
from zoneinfo import ZoneInfo


def parse_daytime(line):
    day, clock = line.split()[1:3]
    return datetime.fromisoformat("20" + day + "T" + clock).replace(tzinfo=ZoneInfo("UTC"))


def describe(moment):
    return "It is now {:%H:%M:%S} on {:%B} {}, {}".format(moment, moment, moment.day, moment.year)


def ask_the_server():
    with socket(AF_INET, SOCK_STREAM) as connection:
        connection.connect(("time.nist.gov", 13))
        text = ""
        while "*" not in text:  # the star stands at the end of the line
            piece = connection.recv(64)
            if piece == b"":
                raise ConnectionError("the server closed before its line was complete")
            text += piece.decode("ascii")
        return text.strip()


def main():
    offset = 0.0
    if len(sys.argv) == 2:
        offset = float(sys.argv[1])
    try:
        moment = parse_daytime(ask_the_server())
    except (gaierror, ConnectionError, ValueError, IndexError) as error:
        print("Could not find out the time:", error, file=sys.stderr)
        return 1
    print(describe(moment + timedelta(hours=offset)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
