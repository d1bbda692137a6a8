"""A chat server of processes. Those of the clients talk to the process with the room through a proxy."""

import socket
from contextlib import suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from queue import SimpleQueue
from threading import Lock, Thread

FORK = get_context("fork")


class Room:
    """Lives in the manager's process, which calls its methods in one thread for each caller."""

    def __init__(self):
        self._lock = Lock()
        self._tickets = count()
        self._members = {}  # name -> outbox
        self._outboxes = {}  # ticket -> outbox, also of who has left and is still to be told something

    def join(self, name):
        """Return the ticket with which the new member asks for what it is told."""
        with self._lock:
            ticket = next(self._tickets)
            self._members[name] = self._outboxes[ticket] = SimpleQueue()
            self._tell_all(f"NEW {name}\n")
            return ticket

    def say(self, name, text):
        with self._lock:
            self._tell_all(f"MESSAGE {name}\n{text}\n")

    def whisper(self, name, friend, text):
        with self._lock:
            if friend in self._members:
                self._members[friend].put(f"PRIVATE {name}\n{text}\n")

    def leave(self, name):
        with self._lock:
            self._members.pop(name).put("")
            self._tell_all(f"LEFT {name}\n")

    def next_text(self, ticket):
        """Wait for the next text and return it; after the last one, an empty text."""
        text = self._outboxes[ticket].get()
        if not text:
            del self._outboxes[ticket]
        return text

    def _tell_all(self, text):
        for outbox in self._members.values():
            outbox.put(text)


class Manager(BaseManager):
    pass


Manager.register("Room", Room)


def pass_on(connection, room, ticket):
    while text := room.next_text(ticket):
        with suppress(OSError):  # the other thread sees it, too
            connection.sendall(text.encode())


def serve(connection, room):
    name = writer = None
    lines = connection.makefile("rb")
    try:
        while (line := lines.readline()).endswith(b"\n"):
            command, _, rest = line.decode()[:-1].partition(" ")
            if command == "ADD" and name is None:
                name = rest
                writer = Thread(target=pass_on, args=(connection, room, room.join(name)))
                writer.start()
            elif command == "MESSAGE" and name:
                room.say(name, rest)
            elif command == "PRIVATE":
                text = lines.readline().decode()
                if name and text.endswith("\n"):
                    room.whisper(name, rest, text[:-1])
            elif command == "QUIT":
                break
    except (OSError, UnicodeDecodeError):
        line = b""
    if name is not None:
        room.leave(name)
        writer.join()
    if line == b"QUIT\n":
        with suppress(OSError):
            connection.sendall(b"GOODBYE\n")


if __name__ == "__main__":
    with Manager(ctx=FORK) as manager, socket.create_server(("localhost", 9000)) as listener:
        the_room = manager.Room()
        while True:
            client, _ = listener.accept()
            FORK.Process(target=serve, args=(client, the_room), daemon=True).start()
            client.close()
