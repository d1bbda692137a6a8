import socket

server = socket.socket()
server.bind(("localhost", 9128))
server.listen(1)
connection, address = server.accept()
while True:
    data = connection.recv(1024)
    if not data:
        break
    connection.sendall(data)
connection.close()
server.close()
