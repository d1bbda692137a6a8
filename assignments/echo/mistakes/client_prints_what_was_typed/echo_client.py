import socket

message = input("Enter a message to echo: ")
with socket.create_connection(("localhost", 9128)) as connection:
    connection.sendall(message.encode())
    connection.recv(1024)
print("Echo:", message)
