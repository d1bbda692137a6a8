"""A chat client whose main thread listens; a second one has the keyboard."""

import socket
from threading import Thread


def read_keyboard(connection: socket.socket) -> None:
    typed = ""
    while typed != "quit":
        try:
            typed = input()
        except EOFError:
            typed = "quit"
        match typed.split(" ", 1):
            case ["quit"]:
                message = "QUIT"
            case ["private", rest] if ":" in rest:
                friend, text = rest.split(":", 1)
                message = f"PRIVATE {friend}\n{text}"
            case _:
                message = f"MESSAGE {typed}"
        connection.sendall(f"{message}\n".encode())


def receive_line(connection: socket.socket) -> str:
    """One byte at a time: slow, and right."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise EOFError
        line += byte
    return line[:-1].decode()


def main() -> None:
    name = input("What is your name: ")
    with socket.create_connection(("localhost", 9000)) as connection:
        connection.sendall(f"ADD {name}\n".encode())
        Thread(target=read_keyboard, args=(connection,), daemon=True).start()
        while (line := receive_line(connection)) != "GOODBYE":
            word, _, who = line.partition(" ")
            if word == "NEW":
                print(f"==> {who} has joined the chat room")
            elif word == "LEFT":
                print(f"==> {who} has left the chat room")
            else:
                mark = " [private]" if word == "PRIVATE" else ""
                print(f"==> {who}{mark}: {receive_line(connection)}")


try:
    main()
except EOFError:
    print("The server has hung up.")
