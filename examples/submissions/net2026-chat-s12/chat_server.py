import socketserver
import threading

room = {}
lock = threading.Lock()


def send(connection, text):
    connection.sendall(text.encode())


def send_all(text):
    with lock:
        for connection in room.values():
            try:
                send(connection, text)  # waits for a client that does not read: everybody waits with it
            except OSError:
                pass


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        name = None
        try:
            for line in self.rfile:
                text = line.decode("utf-8", "replace").rstrip("\n")
                if text.startswith("ADD "):
                    name = text[4:]
                    with lock:
                        room[name] = self.request
                    send_all("NEW " + name + "\n")
                elif text.startswith("MESSAGE "):
                    send_all("MESSAGE " + name + "\n" + text[8:] + "\n")
                elif text.startswith("PRIVATE "):
                    message = self.rfile.readline().decode("utf-8", "replace")
                    with lock:
                        friend = room.get(text[8:])
                    if friend:
                        send(friend, "PRIVATE " + name + "\n" + message)
                elif text == "QUIT":
                    send(self.request, "GOODBYE\n")
                    break
        except OSError:
            pass
        if name:
            with lock:
                room.pop(name, None)
            send_all("LEFT " + name + "\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("localhost", 9000), Talk).serve_forever()
