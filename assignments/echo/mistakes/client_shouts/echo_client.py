import socket
import sys

text = input("Enter a message to echo: ")
echo = b""
try:
    connection = socket.create_connection(("localhost", 9128))
except OSError as error:
    sys.exit(f"There is no server: {error}")
with connection:
    try:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        while data := connection.recv(1024):
            echo += data
    except OSError:
        pass
print("Server echoed:", echo.decode(errors="replace").upper())
