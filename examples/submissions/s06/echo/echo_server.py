import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("localhost", 9128))
listener.listen()
while True:
    client, _ = listener.accept()
    with client:
        try:
            while data := client.recv(4096):
                client.sendall(data)
        except OSError:
            pass
