"""A chat server from socketserver. Who does not read is thrown out when ten thousand messages wait."""

import socket
from queue import Full, Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import RLock, Thread


class Room(ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 9000), Member)
        self.lock = RLock()
        self.members = {}

    def tell_all(self, text):
        with self.lock:
            for member in self.members.values():
                member.tell(text)


class Member(StreamRequestHandler):
    name = None

    def setup(self):
        super().setup()
        self.outbox = Queue(10_000)
        Thread(target=self.send_all, daemon=True).start()

    def send_all(self):
        try:
            while text := self.outbox.get():
                self.wfile.write(text.encode())
                self.outbox.task_done()
        except OSError:
            self.hang_up()

    def tell(self, text):
        try:
            self.outbox.put_nowait(text)
        except Full:
            self.hang_up()

    def hang_up(self):
        try:
            self.request.shutdown(socket.SHUT_RDWR)  # whoever waits for this client in recv() or send() is woken
        except OSError:
            pass

    def handle(self):
        try:
            for line in self.rfile:
                if line.endswith(b"\n") and self.obey(*line.decode()[:-1].split(" ", 1)) == "the end":
                    break
        except (OSError, ValueError, TypeError):
            pass

    def obey(self, command, rest=""):
        match command:
            case "ADD":
                self.name = rest
                with self.server.lock:
                    self.server.members[rest] = self
                    self.server.tell_all(f"NEW {rest}\n")
            case "MESSAGE" if self.name:
                self.server.tell_all(f"MESSAGE {self.name}\n{rest}\n")
            case "PRIVATE":
                text = self.rfile.readline().decode()
                with self.server.lock:
                    friend = self.server.members.get(rest)
                    if friend and self.name and text.endswith("\n"):
                        friend.tell(f"PRIVATE {self.name}\n{text}")
            case "QUIT":
                self.leave()
                self.tell("GOODBYE\n")
                self.outbox.join()  # until it has been sent
                return "the end"
        return None

    def leave(self):
        with self.server.lock:
            if self.name and self.server.members.pop(self.name, None):
                self.server.tell_all(f"LEFT {self.name}\n")

    def finish(self):
        self.leave()
        self.outbox.put("")  # the last: the other thread ends, too


if __name__ == "__main__":
    with Room() as room:
        room.serve_forever()
