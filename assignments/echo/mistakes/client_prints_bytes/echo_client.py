import socket

message = input("Enter a message to echo: ").encode()
try:
    connection = socket.create_connection(("localhost", 9128))
    connection.sendall(message)
    echo = b""
    while len(echo) < len(message):
        data = connection.recv(1024)
        if not data:
            raise OSError("the server hung up")
        echo += data
    print("Echo:", echo)
except OSError as error:
    print("Sorry:", error)
