"""A chat server: one room; what one member says, all members hear."""

import socket
import threading

ADDRESS = ("localhost", 9000)

room = {}  # name -> the socket of that member (or an object of your own that holds it)


def tell(member, text):
    """Send `text` (a str that ends in a newline) to one member of the room.

    A member that has stopped reading must not hold up the others: think of what sendall() does when nobody reads.
    """
    # TODO


def tell_everyone(text):
    """Send `text` to every member of the room, the one who caused it included."""
    # TODO


def serve_client(connection):
    """Do what one client asks for, line by line: ADD, MESSAGE, PRIVATE, QUIT.

    Only LF ends a line. One recv() may bring half a line or ten lines. When the client is gone, with or without QUIT, take
    it out of the room and tell the others LEFT.
    """
    # TODO


def main():
    """Listen on ADDRESS and serve every client that connects, all at the same time."""
    # TODO: make a listening socket, accept() in a loop, start a threading.Thread with serve_client() for each connection.
    print("The chat server is not written yet.")


if __name__ == "__main__":
    main()
