"""A chat client whose listener looks up four times a second whether it shall go on."""

import socket
import threading

leaving = threading.Event()


def listen(server):
    server.settimeout(0.25)
    received = b""
    while not leaving.is_set():
        try:
            data = server.recv(500)
        except TimeoutError:
            continue
        if not data:
            return
        received += data
        while message := take_message(received):
            text, received = message
            if text:
                print(text)


def take_message(received):
    """The text to print for the first whole message, and the rest; None if there is no whole one."""
    first, end, rest = received.partition(b"\n")
    if not end:
        return None
    word, _, name = first.decode().partition(" ")
    if word in ("MESSAGE", "PRIVATE"):
        second, end, rest = rest.partition(b"\n")
        return (f"==> {name}{' [private]' * (word == 'PRIVATE')}: {second.decode()}", rest) if end else None
    verb = {"NEW": "joined", "LEFT": "left"}.get(word)
    return (f"==> {name} has {verb} the chat room" if verb else "", rest)


def main():
    with socket.create_connection(("127.0.0.1", 9000)) as server:
        listener = threading.Thread(target=listen, args=(server,))
        try:
            server.sendall(f"ADD {input('What is your name: ')}\n".encode())
            listener.start()
            while (typed := input()) != "quit":
                if typed.startswith("private ") and ":" in typed:
                    typed = typed.replace("private ", "PRIVATE ", 1).replace(":", "\n", 1)
                else:
                    typed = "MESSAGE " + typed
                server.sendall(f"{typed}\n".encode())
            server.sendall(b"QUIT\n")
        finally:
            leaving.set()
            listener.join()


main()
