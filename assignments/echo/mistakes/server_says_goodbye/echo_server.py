"""An echo server that says goodbye: who sends bye has had enough."""

import socket

with socket.create_server(("localhost", 9128)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(4096):
                    connection.sendall(data)
                    if data.strip() == b"bye":
                        break
            except ConnectionError:
                pass
