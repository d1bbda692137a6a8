# The client of the lecture, brought to Python 3: one recv() for the whole echo.
from socket import socket

server = socket()
server.connect(("localhost", 9128))
message = input("Enter a message to echo: ")
server.send(message.encode())
print(server.recv(1024).decode())
server.close()
