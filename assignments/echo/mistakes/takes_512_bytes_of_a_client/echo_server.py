import socket

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("localhost", 9128))
server.listen()
while True:
    connection, address = server.accept()
    message = connection.recv(512)
    connection.sendall(message)
    connection.close()
