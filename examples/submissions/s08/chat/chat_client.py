import socket
import sys

s = socket.create_connection(("localhost", 9000))
name = input("What is your name: ")
s.sendall(f"ADD {name}\n".encode())
while True:
    sys.stdout.write("==> waiting ...\n" * 10_000)
