import socket
import threading


def talk(client):
    try:
        for line in client.makefile("rb"):
            while True:
                client.sendall(b"NEW " + line[4:])
    except OSError:
        pass


listener = socket.create_server(("localhost", 9000))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=talk, args=(connection,), daemon=True).start()
