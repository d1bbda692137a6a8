"""A chat server with threads: one reads from a client, one writes to it, and a queue in between keeps what is not sent yet."""

import queue
import socket
import threading

lock = threading.Lock()
room = {}  # name -> queue.Queue of bytes; None in it means: that was the last


def tell_all(message):
    """The lock is held by the caller, and put() never waits."""
    for outbox in room.values():
        outbox.put(message)


def write(connection, outbox):
    try:
        while (message := outbox.get()) is not None:
            connection.sendall(message)
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()


def serve(connection):
    outbox, name = queue.SimpleQueue(), None
    threading.Thread(target=write, args=(connection, outbox), daemon=True).start()
    try:
        lines = connection.makefile("rb")
        while (line := lines.readline()).endswith(b"\n"):
            command, _, rest = line[:-1].partition(b" ")
            rest.decode()  # UnicodeDecodeError if this is no text
            text = lines.readline() if command == b"PRIVATE" else b""
            with lock:
                if command == b"ADD":
                    name = rest
                    room[name] = outbox
                    tell_all(b"NEW %s\n" % name)
                elif command == b"MESSAGE" and name:
                    tell_all(b"MESSAGE %s\n%s\n" % (name, rest))
                elif command == b"PRIVATE" and name and rest in room and text.endswith(b"\n"):
                    room[rest].put(b"PRIVATE %s\n%s" % (name, text))
                elif command == b"QUIT":
                    outbox.put(b"GOODBYE\n")
                    break
    except (OSError, UnicodeDecodeError):
        pass
    with lock:
        if name and room.pop(name, None):
            tell_all(b"LEFT %s\n" % name)
    outbox.put(None)


listener = socket.create_server(("localhost", 9000))
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
