import sys
import threading
from socket import create_connection


def listen(stream):
    while True:
        line = stream.readline().decode("utf-8", "replace")
        if not line.endswith("\n") or line == "GOODBYE\n":
            return
        command, _, name = line[:-1].partition(" ")
        if command == "NEW":
            print("==>", name, "has joined the chat room")
        elif command == "LEFT":
            print("==>", name, "has left the chat room")
        elif command in ("MESSAGE", "PRIVATE"):
            text = stream.readline().decode("utf-8", "replace")[:-1]
            private = " [private]" if command == "PRIVATE" else ""
            print(f"==> {name}{private}: {text}")


def encode(typed):
    if typed == "quit":
        return b"QUIT\n"
    words = typed.split(" ", 1)
    if words[0] == "private" and len(words) == 2 and ":" in words[1]:
        friend, text = words[1].split(":", 1)
        return f"PRIVATE {friend}\n{text}\n".encode()
    return f"MESSAGE {typed}\n".encode()


def main():
    try:
        server = create_connection(("localhost", 9000))
    except OSError as error:
        print("The chat room is closed:", error)
        sys.exit(1)
    name = input("What is your name: ")
    server.sendall(f"ADD {name}\n".encode())
    listener = threading.Thread(target=listen, args=(server.makefile("rb"),), daemon=True)
    listener.start()
    for typed in sys.stdin:
        server.sendall(encode(typed.rstrip("\n")))
        if typed == "quit\n":
            listener.join()
            break
    server.close()


if __name__ == "__main__":
    main()
