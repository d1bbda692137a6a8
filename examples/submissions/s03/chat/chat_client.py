# The chat client of the lecture, brought to Python 3.
from socket import socket
from threading import Thread

server = socket()
server.connect(("localhost", 9000))
name = input("What is your name: ")
server.sendall(("ADD " + name + "\n").encode())


def listen():
    incoming = server.makefile(encoding="utf-8", newline="\n")
    for line in incoming:
        command, _, who = line.rstrip("\n").partition(" ")
        if command == "NEW":
            print("==> " + who + " has joined the chat room")
        elif command == "LEFT":
            print("==> " + who + " has left the chat room")
        elif command == "MESSAGE":
            print("==> " + who + ": " + incoming.readline().rstrip("\n"))
        elif command == "PRIVATE":
            print("==> " + who + " [private]: " + incoming.readline().rstrip("\n"))
        elif command == "GOODBYE":
            break


listener = Thread(target=listen)
listener.start()
active = True
while active:
    typed = input()
    if typed == "quit":
        server.sendall(b"QUIT\n")
        active = False
    elif typed.startswith("private"):
        friend, text = typed[8:].split(":", 1)
        server.sendall(("PRIVATE " + friend + "\n" + text).encode())
    else:
        server.sendall(("MESSAGE " + typed).encode())
listener.join()
