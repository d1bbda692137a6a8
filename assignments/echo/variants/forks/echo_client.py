"""An echo client whose second thread receives while the first one sends."""

import socket
import threading


class Receiver(threading.Thread):
    """Collects what comes until the server closes."""

    def __init__(self, connection):
        super().__init__()
        self.connection = connection
        self.pieces = []
        self.problem = "the server closed the connection without a word"

    def run(self):
        try:
            for piece in iter(lambda: self.connection.recv(512), b""):
                self.pieces.append(piece)
        except OSError as error:
            self.problem = error


def echo_of(message):
    with socket.create_connection(("localhost", 9128)) as connection:
        receiver = Receiver(connection)
        receiver.start()
        try:
            connection.sendall(message)
            connection.shutdown(socket.SHUT_WR)
        finally:
            receiver.join()
    echo = b"".join(receiver.pieces)
    if echo != message:
        raise ConnectionError(f"{len(echo)} bytes came back: {receiver.problem}")
    return echo.decode()


text = input("Enter a message to echo: ")
try:
    print("Echo:", echo_of(text.encode()))
except OSError as error:
    print("Something is wrong with the server.", error)
