import socket

listener = socket.create_server(("localhost", 9128))
while True:
    client, _ = listener.accept()
    data = client.recv(1024)
    try:
        while data:  # one message comes back as an endless stream
            client.sendall(data)
            print("sent", len(data), "bytes to", client.getpeername())
    except OSError:
        pass
    client.close()
