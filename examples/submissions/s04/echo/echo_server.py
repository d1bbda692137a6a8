import socket

# Serves the first client well, and nobody after that one.
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 9128))
listener.listen(5)
client, address = listener.accept()
while True:
    data = client.recv(1024)
    if not data:
        break
    client.sendall(data)
client.close()
