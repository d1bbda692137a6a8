import socket
import threading


def serve(client):
    with client:
        try:
            data = client.recv(8192)
            while data:
                client.sendall(data)
                data = client.recv(8192)
        except ConnectionError:
            pass


with socket.create_server(("localhost", 9128)) as listener:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
