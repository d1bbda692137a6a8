import socket
import threading


def serve(connection):
    while True:
        message = connection.recv(1024).decode("utf-8")
        if message == "":
            break
        print("Received:", message)
        connection.sendall(message.encode("utf-8"))
    connection.close()


server = socket.socket()
server.bind(("localhost", 9128))
server.listen()
while True:
    connection, address = server.accept()
    threading.Thread(target=serve, args=(connection,)).start()
