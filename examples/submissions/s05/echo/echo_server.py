import socket

listener = socket.socket()
listener.bind(("localhost", 9128))
listener.listen()
while True:
    client, address = listener.accept()
    text = client.recv(1024)
    client.send("Echo: " + text)
