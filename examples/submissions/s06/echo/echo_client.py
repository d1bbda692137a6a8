import socket
import sys

s = socket.socket()
try:
    s.connect(("localhost", 9128))
except OSError as e:
    sys.exit(f"no server: {e}")
message = input("Enter a message to echo: ")
s.sendall(message.encode())
echo = b""
while more := s.recv(1024):  # waits for the server to close, and the server waits for this client to close
    echo += more
print(echo.decode())
