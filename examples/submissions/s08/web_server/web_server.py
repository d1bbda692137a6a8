import socket

listener = socket.create_server(("localhost", 8080))
while True:
    client, _ = listener.accept()
    client.recv(1024)
    try:
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n")
        while True:  # and more, and more
            client.sendall(b"more " * 10_000)
    except OSError:
        pass
    client.close()
