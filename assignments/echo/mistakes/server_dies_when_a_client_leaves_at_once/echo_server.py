import socket

server = socket.socket()
server.bind(("localhost", 9128))
server.listen()
while True:
    connection, address = server.accept()
    data = connection.recv(4096)
    print("first byte:", data[0])
    while data:
        connection.sendall(data)
        data = connection.recv(4096)
    connection.close()
