import socket

connection = socket.socket()
connection.connect(("localhost", 9128))
message = input("Enter a message to echo: ")
connection.sendall(message.encode() + b"\n")
echo = b""
while not echo.endswith(b"\n"):
    data = connection.recv(1024)
    if not data:
        break
    echo += data
print("Server echoed:", echo.decode().strip())
