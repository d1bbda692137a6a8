import socket
import threading

room = {}
lock = threading.Lock()


def send_to_all(text):
    with lock:
        for connection in room.values():
            connection.sendall(text)


def serve(connection):
    name = None
    lines = connection.makefile("rb")
    while True:
        line = lines.readline()
        if line == b"" or line == b"QUIT\n":
            break
        command, _, rest = line.rstrip(b"\n").partition(b" ")
        if command == b"ADD":
            name = rest
            with lock:
                room[name] = connection
            send_to_all(b"NEW " + name + b"\n")
        elif command == b"MESSAGE":
            send_to_all(b"MESSAGE " + name + b"\n" + rest + b"\n")
        elif command == b"PRIVATE":
            text = lines.readline()
            with lock:
                if rest in room:
                    room[rest].sendall(b"PRIVATE " + name + b"\n" + text)
    if name is not None:
        with lock:
            del room[name]
        send_to_all(b"LEFT " + name + b"\n")
    if line == b"QUIT\n":
        connection.sendall(b"GOODBYE\n")
    lines.close()
    connection.close()


server = socket.create_server(("localhost", 9000))
while True:
    connection, address = server.accept()
    serve(connection)
