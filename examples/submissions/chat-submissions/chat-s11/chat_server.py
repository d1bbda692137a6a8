import queue
import socket
import threading

# A thread that reads and a thread that writes for every client; between them a queue, so nobody waits for anybody.
clients = {}
lock = threading.Lock()


class Client:
    def __init__(self, connection):
        self.connection = connection
        self.name = None
        self.outgoing = queue.Queue()
        self.reader = connection.makefile("rb")
        threading.Thread(target=self.write, daemon=True).start()
        threading.Thread(target=self.read, daemon=True).start()

    def write(self):
        try:
            while (message := self.outgoing.get()) is not None:
                self.connection.sendall(message)
        except OSError:
            pass
        self.connection.close()

    def line(self):
        line = self.reader.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("gone")
        return line[:-1]

    def read(self):
        try:
            while self.obey(self.line()):
                pass
        except OSError:
            pass
        with lock:
            joined = self.name is not None and clients.get(self.name) is self
            if joined:
                del clients[self.name]
        if joined:
            to_all(b"LEFT " + self.name + b"\n")
        self.outgoing.put(None)
        self.reader.close()

    def obey(self, line):
        command, _, rest = line.partition(b" ")
        if command == b"ADD" and self.name is None:
            self.name = rest
            with lock:
                clients[rest] = self
            to_all(b"NEW " + rest + b"\n")
        elif command == b"MESSAGE" and self.name is not None:
            to_all(b"MESSAGE " + self.name + b"\n" + rest + b"\n")
        elif command == b"PRIVATE":
            text = self.line()
            friend = clients.get(rest)
            if friend is not None and self.name is not None:
                friend.outgoing.put(b"PRIVATE " + self.name + b"\n" + text + b"\n")
        elif command == b"QUIT":
            self.outgoing.put(b"GOODBYE\n")
            return False
        return True


def to_all(message):
    with lock:
        for client in clients.values():
            client.outgoing.put(message)


def main():
    with socket.create_server(("localhost", 9000)) as listener:
        while True:
            connection, _ = listener.accept()
            Client(connection)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
