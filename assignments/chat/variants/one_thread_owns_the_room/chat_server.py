"""A chat server without a lock: only the main thread looks at the room. All others send it events."""

import socket
import threading
from dataclasses import dataclass, field
from queue import Queue


@dataclass(eq=False)
class Client:
    connection: socket.socket
    outbox: Queue = field(default_factory=Queue)
    name: str = ""

    def read(self, events: Queue) -> None:
        """Put one event for each message, and (self,) when there are no more."""
        try:
            with self.connection.makefile("r", encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    command, _, rest = line.rstrip("\n").partition(" ")
                    text = lines.readline() if command == "PRIVATE" else line
                    if text.endswith("\n"):  # else it broke off in the middle
                        events.put((self, command, rest, text))
        except (OSError, UnicodeDecodeError):
            pass
        events.put((self,))

    def write(self) -> None:
        try:
            while text := self.outbox.get():
                self.connection.sendall(text.encode())
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def accept(listener: socket.socket, events: Queue) -> None:
    while True:
        client = Client(listener.accept()[0])
        threading.Thread(target=client.read, args=(events,), daemon=True).start()
        threading.Thread(target=client.write, daemon=True).start()


def keep(events: Queue) -> None:
    room: dict[str, Client] = {}

    def tell_all(text: str) -> None:
        for member in room.values():
            member.outbox.put(text)

    while True:
        client, *event = events.get()
        match event:
            case "ADD", name, _:
                client.name = name
                room[name] = client
                tell_all(f"NEW {name}\n")
            case "MESSAGE", text, _ if client.name in room:
                tell_all(f"MESSAGE {client.name}\n{text}\n")
            case "PRIVATE", friend, text if client.name in room and friend in room:
                room[friend].outbox.put(f"PRIVATE {client.name}\n{text}")
            case ["QUIT", _, _] | []:
                if client.name in room:
                    del room[client.name]
                    tell_all(f"LEFT {client.name}\n")
                client.outbox.put("GOODBYE\n" if event else "")
                client.outbox.put("")


if __name__ == "__main__":
    all_events: Queue = Queue()
    with socket.create_server(("localhost", 9000)) as door:
        threading.Thread(target=accept, args=(door, all_events), daemon=True).start()
        keep(all_events)
