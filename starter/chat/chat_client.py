"""A chat client: reads the keyboard and prints what the server sends, both at the same time."""

import socket
import threading

ADDRESS = ("localhost", 9000)


def print_what_comes(connection):
    """Print every message of the server as `==> …`, until it says GOODBYE or hangs up.

    Only LF ends a line. One recv() may bring half a message or ten messages.
    """
    # TODO


def message_for(typed):
    """Return the message of the protocol (a str that ends in a newline) for a line that was typed.

    "quit" -> QUIT, "private Joe: how are you?" -> PRIVATE, anything else -> MESSAGE.
    """
    # TODO
    return ""


def main():
    """Ask for the name, join the room, then send what is typed until it is "quit"."""
    # TODO: ask with the prompt "What is your name: ", connect to ADDRESS, send ADD.
    # TODO: start a threading.Thread with print_what_comes().
    # TODO: input() in a loop; send message_for() of each line as bytes.
    print("The chat client is not written yet.")


if __name__ == "__main__":
    main()
