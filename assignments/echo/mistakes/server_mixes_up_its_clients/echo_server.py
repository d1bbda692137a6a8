"""An echo server with a thread for each client, and one variable for the connection of all of them."""

import socket
import threading
from contextlib import suppress


class EchoServer:
    def __init__(self, listener):
        self.listener = listener

    def serve(self, connection):
        with connection:
            with suppress(ConnectionError):
                while data := connection.recv(4096):
                    with suppress(OSError):
                        self.connection.sendall(data)

    def run(self):
        while True:
            self.connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(self.connection,), daemon=True).start()


EchoServer(socket.create_server(("localhost", 9128))).run()
