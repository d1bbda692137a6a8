"""A chat server of one loop that looks at every connection, and naps when nothing has happened."""

import contextlib
import socket
import time


class Member:
    name = friend = None
    is_open = True

    def __init__(self, connection):
        connection.setblocking(False)
        self.connection, self.line, self.unsent = connection, b"", b""

    def write(self):
        """Send what can be sent without waiting; return whether it was anything."""
        try:
            sent = self.connection.send(self.unsent) if self.unsent else 0
        except BlockingIOError:
            sent = 0
        self.unsent = self.unsent[sent:]
        return sent > 0

    def read(self):
        """Return the lines that have come, as far as they are whole."""
        try:
            data = self.connection.recv(65536)
        except BlockingIOError:
            return []
        if not data:
            raise ConnectionError("the end")
        *lines, self.line = (self.line + data).split(b"\n")
        return [line.decode() for line in lines]

    def obey(self, line, room):
        word, _, rest = line.partition(" ")
        if self.friend is not None:
            for member in room:
                if member.name == self.friend and self.name:
                    member.unsent += f"PRIVATE {self.name}\n{line}\n".encode()
            self.friend = None
        elif word == "ADD":
            self.name = rest
            tell(room, f"NEW {rest}\n")
        elif word == "MESSAGE" and self.name:
            tell(room, f"MESSAGE {self.name}\n{rest}\n")
        elif word == "PRIVATE":
            self.friend = rest
        elif word == "QUIT":
            self.unsent += b"GOODBYE\n"
            raise EOFError


def tell(room, text):
    for member in room:
        if member.name is not None:
            member.unsent += text.encode()
            if len(member.unsent) > 4_000_000:  # asleep
                member.is_open = False


def step(member, room):
    """Do what can be done for one member; return whether there was something."""
    try:
        done = member.write()
        for line in member.read():
            done = True
            member.obey(line, room)
        return done
    except EOFError:
        member.connection.settimeout(1)  # for who quits and does not read
        with contextlib.suppress(OSError):
            member.connection.sendall(member.unsent)
    except (OSError, UnicodeDecodeError):
        pass
    member.is_open = False
    return True


listener = socket.create_server(("localhost", 9000))
listener.setblocking(False)
members = []
while True:
    try:
        members.append(Member(listener.accept()[0]))
    except BlockingIOError:
        pass
    if not any([step(member, members) for member in members]):
        time.sleep(0.005)
    while gone := next((member for member in members if not member.is_open), None):
        members.remove(gone)
        gone.connection.close()
        if gone.name is not None:
            tell(members, f"LEFT {gone.name}\n")
