import socket

s = socket.socket()
s.connect(("localhost", 9128))
message = raw_input("Enter a message to echo: ")
s.send(message)
print s.recv(1024)
