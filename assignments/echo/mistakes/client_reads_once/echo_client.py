import socket

message = input("Enter a message to echo: ")
try:
    with socket.socket() as connection:
        connection.connect(("localhost", 9128))
        connection.sendall(message.encode())
        echo = connection.recv(1024)
except OSError as error:
    print("There is no echo server:", error)
else:
    if echo:
        print("Echo:", echo.decode(errors="replace"))
    else:
        print("The server hung up.")
