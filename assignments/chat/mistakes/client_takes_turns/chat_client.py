import socket

connection = socket.create_connection(("localhost", 9000))
lines = connection.makefile("rb")


def print_one_message():
    command, _, name = lines.readline().decode().rstrip("\n").partition(" ")
    if command == "NEW":
        print("==>", name, "has joined the chat room")
    elif command == "LEFT":
        print("==>", name, "has left the chat room")
    elif command == "MESSAGE":
        print("==>", name + ":", lines.readline().decode().rstrip("\n"))
    elif command == "PRIVATE":
        print("==>", name, "[private]:", lines.readline().decode().rstrip("\n"))


name = input("What is your name: ")
connection.sendall(f"ADD {name}\n".encode())
print_one_message()
while True:
    typed = input()
    if typed == "quit":
        break
    if typed.startswith("private "):
        friend, _, text = typed[8:].partition(":")
        connection.sendall(f"PRIVATE {friend}\n{text.strip()}\n".encode())
    else:
        connection.sendall(f"MESSAGE {typed}\n".encode())
        print_one_message()
connection.sendall(b"QUIT\n")
connection.close()
