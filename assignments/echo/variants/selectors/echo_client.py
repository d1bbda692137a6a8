"""An echo client that never waits in recv(): select tells when something has come."""

import select
import socket
import sys

PATIENCE = 5  # seconds

sys.stdout.write("Enter a message to echo: ")
sys.stdout.flush()
message = sys.stdin.readline().rstrip("\n").encode()
try:
    s = socket.create_connection(("127.0.0.1", 9128))
    s.setblocking(False)
    s.sendall(message)
    echo = b""
    while len(echo) < len(message):
        readable, _, _ = select.select([s], [], [], PATIENCE)
        if not readable:
            raise OSError("the server says nothing")
        data = s.recv(100)
        if not data:
            raise OSError("the server has gone")
        echo += data
    s.close()
except OSError as problem:
    sys.stderr.write("Sorry: %s\n" % problem)
    sys.exit(2)
sys.stdout.write("Server echoed: " + echo.decode("utf-8") + "\n")
