import queue
import socketserver
import threading

room = {}
lock = threading.Lock()


def send_all(text):
    with lock:
        for letters in room.values():
            letters.put(text)


def deliver(letters, connection):
    # A thread of its own for every client: one that does not read holds up nobody else.
    try:
        for text in iter(letters.get, None):
            connection.sendall(text.encode())
    except OSError:
        pass


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        name = None
        letters = queue.Queue()
        postman = threading.Thread(target=deliver, args=(letters, self.request), daemon=True)
        postman.start()
        try:
            for line in self.rfile:
                text = line.decode("utf-8", "replace").rstrip("\n")
                if text.startswith("ADD "):
                    name = text[4:]
                    with lock:
                        room[name] = letters
                    send_all("NEW " + name + "\n")
                elif text.startswith("MESSAGE ") and name:
                    send_all("MESSAGE " + name + "\n" + text[8:] + "\n")
                elif text.startswith("PRIVATE "):
                    message = self.rfile.readline().decode("utf-8", "replace")
                    with lock:
                        friend = room.get(text[8:])
                    if friend and name:
                        friend.put("PRIVATE " + name + "\n" + message)
                elif text == "QUIT":
                    letters.put("GOODBYE\n")
                    break
        except OSError:
            pass
        if name:
            with lock:
                room.pop(name, None)
            send_all("LEFT " + name + "\n")
        letters.put(None)
        postman.join()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("localhost", 9000), Talk).serve_forever()
