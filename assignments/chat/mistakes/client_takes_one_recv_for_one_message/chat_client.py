import socket
import threading

connection = socket.create_connection(("localhost", 9000))
connection.sendall(("ADD " + input("What is your name: ") + "\n").encode())


def listen():
    while True:
        data = connection.recv(1024)
        if not data:
            break
        lines = data.decode(errors="replace").split("\n")
        command, _, name = lines[0].partition(" ")
        if command == "NEW":
            print("==>", name, "has joined the chat room")
        elif command == "LEFT":
            print("==>", name, "has left the chat room")
        elif command == "MESSAGE" and len(lines) > 1:
            print("==> " + name + ": " + lines[1])
        elif command == "PRIVATE" and len(lines) > 1:
            print("==> " + name + " [private]: " + lines[1])


listener = threading.Thread(target=listen)
listener.start()
while True:
    typed = input()
    if typed == "quit":
        connection.sendall(b"QUIT\n")
        break
    if typed.startswith("private ") and ":" in typed:
        friend, text = typed[8:].split(":", 1)
        connection.sendall(f"PRIVATE {friend}\n{text}\n".encode())
    else:
        connection.sendall(f"MESSAGE {typed}\n".encode())
listener.join()
connection.close()
