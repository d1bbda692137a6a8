"""A chat client of two processes: the parent has the keyboard, the child has the screen."""

import os
import socket
import sys

connection = socket.create_connection(("localhost", 9000))
name = input("What is your name: ")
connection.sendall(f"ADD {name}\n".encode())


def print_all():
    with connection.makefile(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            match line.removesuffix("\n").partition(" "):
                case "NEW", _, who:
                    print("==>", who, "has joined the chat room")
                case "LEFT", _, who:
                    print("==>", who, "has left the chat room")
                case "MESSAGE", _, who:
                    print(f"==> {who}: {lines.readline()}", end="")
                case "PRIVATE", _, who:
                    print(f"==> {who} [private]: {lines.readline()}", end="")
                case "GOODBYE", _, _:
                    return
            sys.stdout.flush()


child = os.fork()
if child == 0:
    print_all()
    os._exit(0)

for typed in sys.stdin:
    typed = typed.rstrip("\n")
    if typed == "quit":
        break
    if typed.startswith("private ") and ":" in typed:
        friend, _, text = typed[len("private ") :].partition(":")
        connection.sendall(f"PRIVATE {friend}\n{text.strip()}\n".encode())
    else:
        connection.sendall(f"MESSAGE {typed}\n".encode())
connection.sendall(b"QUIT\n")
os.waitpid(child, 0)
