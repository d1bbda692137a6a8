import socket
import sys

message = input("Enter a message to echo: ").encode()
try:
    connection = socket.create_connection(("localhost", 9128))
except OSError:
    sys.exit("No echo server is running.")
connection.sendall(message)
echo = b""
while len(echo) < len(message):
    echo += connection.recv(1024)
print(echo.decode())
