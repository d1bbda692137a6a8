import socket
import threading


def serve(connection):
    with connection:
        while data := connection.recv(1024):
            text = data.decode("utf-8", errors="replace")
            print("Received:", text)
            connection.sendall(text.encode("utf-8"))


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("localhost", 9128))
server.listen()
while True:
    connection, address = server.accept()
    threading.Thread(target=serve, args=(connection,)).start()
