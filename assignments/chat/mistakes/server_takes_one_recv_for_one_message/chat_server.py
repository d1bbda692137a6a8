import threading
from socketserver import BaseRequestHandler, ThreadingTCPServer

room = {}
lock = threading.Lock()


def send_to_all(text):
    with lock:
        for connection in room.values():
            connection.sendall(text.encode())


class ChatHandler(BaseRequestHandler):
    def handle(self):
        name = None
        while True:
            data = self.request.recv(1024)
            if not data:
                break
            lines = data.decode(errors="replace").split("\n")
            command, _, rest = lines[0].partition(" ")
            if command == "ADD":
                name = rest
                with lock:
                    room[name] = self.request
                send_to_all(f"NEW {name}\n")
            elif command == "MESSAGE":
                send_to_all(f"MESSAGE {name}\n{rest}\n")
            elif command == "PRIVATE":
                if rest in room and len(lines) > 1:
                    room[rest].sendall(f"PRIVATE {name}\n{lines[1]}\n".encode())
            elif command == "QUIT":
                self.request.sendall(b"GOODBYE\n")
                break
        if name is not None:
            with lock:
                del room[name]
            send_to_all(f"LEFT {name}\n")


class ChatServer(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


ChatServer(("localhost", 9000), ChatHandler).serve_forever()
