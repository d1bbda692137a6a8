import socket
import sys

sys.stdin.close()
s = socket.create_connection(("localhost", 9128))
message = input("Enter a message to echo: ")
s.sendall(message.encode())
print(s.recv(1024).decode())
