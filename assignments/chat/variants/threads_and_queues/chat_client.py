"""A chat client that waits for the keyboard and for the server at the same time, with select."""

import os
import select
import socket
import sys

KEYBOARD = 0


class Lines:
    """Takes bytes in any pieces, gives whole lines."""

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        *whole, self.rest = (self.rest + data).split(b"\n")
        return [line.decode() for line in whole]


def main():
    name = input("What is your name: ")
    server = socket.create_connection(("localhost", 9000))
    server.sendall(b"ADD " + name.encode() + b"\n")
    typed, told, sender = Lines(), Lines(), ""
    while True:
        readable, _, _ = select.select([KEYBOARD, server], [], [])
        if KEYBOARD in readable:
            data = os.read(KEYBOARD, 1024)
            for line in typed.feed(data) if data else ["quit"]:
                server.sendall(message(line).encode())
        if server in readable:
            data = server.recv(1024)
            if not data:
                return
            for line in told.feed(data):
                sender = show(line, sender)


def message(line):
    first, colon, text = line.partition(":")
    if line == "quit":
        return "QUIT\n"
    if colon and first.startswith("private "):
        return f"PRIVATE {first[8:]}\n{text}\n"
    return f"MESSAGE {line}\n"


def show(line, sender):
    """Print a line of the server; of a message of two lines the first one is returned, and comes back with the second."""
    if sender:
        print(f"==> {sender}: {line}")
        return ""
    match line.split(" ", 1):
        case "MESSAGE", sender:
            return sender
        case "PRIVATE", sender:
            return f"{sender} [private]"
        case "NEW" | "LEFT" as word, name:
            print(f"==> {name} has {'joined' if word == 'NEW' else 'left'} the chat room")
    return ""


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"No chat today: {error}")
