# The chat server of the lecture, brought to Python 3: one recv() is taken for one message.
from socketserver import BaseRequestHandler, ThreadingTCPServer

sockets = {}


def broadcast(text):
    for connection in list(sockets.values()):
        connection.sendall(text.encode())


class ChatHandler(BaseRequestHandler):
    def handle(self):
        name = "?"
        active = True
        while active:
            data = self.request.recv(1024).decode()
            if not data:
                active = False
                continue
            words = data.split()
            command = words[0] if words else ""
            rest = data[len(command) + 1:].rstrip("\n")
            if command == "ADD":
                name = rest
                sockets[name] = self.request
                broadcast("NEW " + name + "\n")
            elif command == "MESSAGE":
                broadcast("MESSAGE " + name + "\n" + rest + "\n\n")
            elif command == "PRIVATE":
                friend, text = rest.split("\n", 1)
                if friend in sockets:
                    sockets[friend].sendall(("PRIVATE " + name + "\n" + text + "\n\n").encode())
            elif command == "QUIT":
                active = False
                self.request.sendall(b"GOODBYE\n")
        if sockets.pop(name, None) is not None:
            broadcast("LEFT " + name + "\n")


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("localhost", 9000), ChatHandler).serve_forever()
