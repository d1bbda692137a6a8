import datetime
import socket
import sys


def parse_daytime(line):
    day, clock = line.split()[1:3]
    stamp = datetime.datetime.strptime(day + " " + clock + " +0000", "%y-%m-%d %H:%M:%S %z")
    return stamp


def describe(moment):
    return moment.strftime("It is now %H:%M:%S on %d %B %Y")


def main():
    try:
        s = socket.socket()
        s.settimeout(5)
        s.connect(("time.nist.gov", 13))
        text = b""
        piece = s.recv(16)
        while piece:
            text += piece
            piece = s.recv(16)
        s.close()
        moment = parse_daytime(text.decode())
    except Exception as problem:
        sys.stderr.write("no time: %s\n" % problem)
        raise SystemExit(2)
    if len(sys.argv) > 1:
        moment += datetime.timedelta(minutes=round(60 * float(sys.argv[1])))
    print(describe(moment))


if __name__ == "__main__":
    main()
