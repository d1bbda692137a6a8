"""An echo server that asks all of its clients again and again whether there is something."""

import socket
import time


class Client:
    def __init__(self, connection):
        connection.setblocking(False)
        self.connection, self.unsent, self.is_done = connection, b"", False

    def step(self):
        """Do what can be done without waiting; return whether anything was done."""
        before = self.unsent, self.is_done
        try:
            if self.unsent:
                self.unsent = self.unsent[self.connection.send(self.unsent) :]
            elif not self.is_done:
                self.unsent = self.connection.recv(32768)
                self.is_done = not self.unsent
        except BlockingIOError:
            pass
        except OSError:
            self.unsent, self.is_done = b"", True
        return before != (self.unsent, self.is_done)


listener = socket.create_server(("127.0.0.1", 9128))
listener.setblocking(False)
clients = []
while True:
    try:
        clients.append(Client(listener.accept()[0]))
    except BlockingIOError:
        pass
    busy = [client for client in clients if client.step()]
    for client in [client for client in clients if client.is_done and not client.unsent]:
        client.connection.close()
        clients.remove(client)
    if not busy:
        time.sleep(0.01)
