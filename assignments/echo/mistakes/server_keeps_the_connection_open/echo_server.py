import select
import socket

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("localhost", 9128))
server.listen()
sockets = [server]
finished = []
while True:
    for ready in select.select(sockets, [], [])[0]:
        if ready is server:
            sockets.append(server.accept()[0])
            continue
        try:
            data = ready.recv(1024)
            ready.sendall(data)
        except ConnectionError:
            data = b""
        if not data:
            sockets.remove(ready)
            finished.append(ready)
