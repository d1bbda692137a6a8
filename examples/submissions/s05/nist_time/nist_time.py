import socket


def parse_daytime(line):
    return line.split()[2]


def describe(moment):
    return "It is now " + moment


s = socket.socket()
s.connect(("time.nist.gov", 13))
line = s.recv(1024)
print(describe(parse_daytime(line)))
