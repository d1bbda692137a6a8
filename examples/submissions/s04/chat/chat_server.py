import socket
import threading

# Good with lines, but private messages go to everyone, and who just disconnects is never said to have left.
people = {}
lock = threading.Lock()


def send_all(text):
    with lock:
        for connection in people.values():
            try:
                connection.sendall(text.encode())
            except OSError:
                pass


def serve(connection):
    name = None
    lines = connection.makefile("r", encoding="utf-8", errors="replace", newline="\n")
    try:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("ADD "):
                name = line[4:]
                with lock:
                    people[name] = connection
                send_all(f"NEW {name}\n")
            elif line.startswith("MESSAGE "):
                send_all(f"MESSAGE {name}\n{line[8:]}\n")
            elif line.startswith("PRIVATE "):
                text = lines.readline().rstrip("\n")
                send_all(f"PRIVATE {name}\n{text}\n")
            elif line == "QUIT":
                connection.sendall(b"GOODBYE\n")
                with lock:
                    people.pop(name, None)
                send_all(f"LEFT {name}\n")
                break
    except OSError:
        pass
    lines.close()
    connection.close()


listener = socket.create_server(("localhost", 9000))
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
