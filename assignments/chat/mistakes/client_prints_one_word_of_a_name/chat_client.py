"""A chat client: the main thread reads the keyboard, a second thread prints what the server sends."""

import socket
import sys
from threading import Thread

ADDRESS = ("localhost", 9000)


def print_what_comes(lines):
    """Print every message of the server until it says GOODBYE or hangs up. `lines` is a text file over the socket."""
    for line in lines:
        command, name, *_ = [*line.split(), ""]
        if command == "NEW":
            print(f"==> {name} has joined the chat room")
        elif command == "LEFT":
            print(f"==> {name} has left the chat room")
        elif command == "MESSAGE":
            print(f"==> {name}: {read_text(lines)}")
        elif command == "PRIVATE":
            print(f"==> {name} [private]: {read_text(lines)}")
        elif command == "GOODBYE":
            break


def read_text(lines):
    """Return the second line of a message, without its LF."""
    return lines.readline().rstrip("\n")


def message_for(typed):
    """Return the message of the protocol for a line that was typed."""
    command, _, rest = typed.partition(" ")
    if typed.strip() == "quit":
        return "QUIT\n"
    if command == "private" and ":" in rest:
        friend, _, text = rest.partition(":")
        return f"PRIVATE {friend.strip()}\n{text.strip()}\n"
    return f"MESSAGE {typed}\n"


def chat(connection):
    """Join the room, then send what is typed until the user types quit."""
    name = input("What is your name: ")
    connection.sendall(f"ADD {name}\n".encode())
    # newline="\n": only LF ends a line. The default would end one at CR, too.
    lines = connection.makefile("r", encoding="utf-8", newline="\n")
    listener = Thread(target=print_what_comes, args=(lines,), daemon=True)
    listener.start()
    message = ""
    while message != "QUIT\n":
        message = message_for(input())
        connection.sendall(message.encode())
    listener.join()  # until GOODBYE has come


def main():
    try:
        with socket.create_connection(ADDRESS) as connection:
            chat(connection)
    except OSError as error:
        sys.exit(f"The chat server does not answer: {error}")
    except (EOFError, KeyboardInterrupt):
        print("Goodbye.")


if __name__ == "__main__":
    main()
