"""A chat server without threads and without asyncio: a selector tells who can be read from, and who takes more."""

import selectors
import socket

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
selector = selectors.DefaultSelector()
room = {}


class Client:
    def __init__(self, connection):
        self.connection, self.name = connection, None
        self.received, self.unsent = bytearray(), bytearray()
        self.is_leaving = False
        connection.setblocking(False)
        selector.register(connection, READ, self)

    def tell(self, message):
        self.unsent += message.encode()
        selector.modify(self.connection, READ | WRITE, self)

    def ready(self, mask):
        try:
            if mask & WRITE:
                del self.unsent[: self.connection.send(self.unsent[:65536])]
                if not self.unsent:
                    selector.modify(self.connection, READ, self)
            if mask & READ and not self.is_leaving:
                data = self.connection.recv(65536)
                self.received += data
                self.take_messages()
                if not data:
                    raise ConnectionError
        except BlockingIOError:
            return
        except (ConnectionError, UnicodeDecodeError):
            self.leave_the_room()
            self.unsent.clear()
            self.is_leaving = True
        if self.is_leaving and not self.unsent:
            selector.unregister(self.connection)
            self.connection.close()

    def take_messages(self):
        while not self.is_leaving and b"\n" in self.received:
            lines = self.received.split(b"\n", 2)
            count = 2 if lines[0].startswith(b"PRIVATE ") else 1
            if len(lines) <= count:
                return  # the text of this PRIVATE is still to come
            taken = [bytes(line).decode() for line in lines[:count]]
            del self.received[: sum(len(line) + 1 for line in lines[:count])]
            self.understand(*taken)

    def understand(self, line, text=""):
        command, _, rest = line.partition(" ")
        if command == "ADD":
            self.name = rest
            room[rest] = self
            tell_everyone(f"NEW {rest}\n")
        elif command == "MESSAGE" and self.name:
            tell_everyone(f"MESSAGE {self.name}\n{rest}\n")
        elif command == "PRIVATE" and self.name and rest in room:
            room[rest].tell(f"PRIVATE {self.name}\n{text}\n")
        elif command == "QUIT":
            self.leave_the_room()
            self.tell("GOODBYE\n")
            self.is_leaving = True

    def leave_the_room(self):
        if room.pop(self.name, None):
            tell_everyone(f"LEFT {self.name}\n")


def tell_everyone(message):
    for client in room.values():
        client.tell(message)


with socket.create_server(("", 9000)) as listener:
    selector.register(listener, READ)
    while True:
        for key, mask in selector.select():
            if key.data is None:
                Client(listener.accept()[0])
            else:
                key.data.ready(mask)
