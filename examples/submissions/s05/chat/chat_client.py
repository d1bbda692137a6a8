import socket

name = input("What is your name: ")
  s = socket.socket()
s.connect(("localhost", 9000))
