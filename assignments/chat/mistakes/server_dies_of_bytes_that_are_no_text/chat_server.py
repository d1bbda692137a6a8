import select
import socket

server = socket.create_server(("localhost", 9000))
server.setblocking(False)
names = {}
incoming = {}
outgoing = {}
leaving = set()


def send(connection, text):
    outgoing[connection] += text


def send_to_all(text):
    for connection in names:
        send(connection, text)


def remove(connection):
    name = names.pop(connection)
    send_to_all(b"LEFT " + name + b"\n")


def close(connection):
    del incoming[connection], outgoing[connection]
    leaving.discard(connection)
    connection.close()


def obey(connection, line):
    print(line.decode())
    command, _, rest = line.partition(b" ")
    if command == b"ADD":
        names[connection] = rest
        send_to_all(b"NEW " + rest + b"\n")
    elif command == b"MESSAGE":
        send_to_all(b"MESSAGE " + names[connection] + b"\n" + rest + b"\n")
    elif command == b"PRIVATE":
        friend, text = rest.split(b"\n")
        for other, name in names.items():
            if name == friend:
                send(other, b"PRIVATE " + names[connection] + b"\n" + text + b"\n")
    elif command == b"QUIT":
        if connection in names:
            remove(connection)
        send(connection, b"GOODBYE\n")
        leaving.add(connection)


def read(connection):
    try:
        data = connection.recv(4096)
    except ConnectionError:
        data = b""
    if not data:
        if connection in names:
            remove(connection)
        close(connection)
        return
    incoming[connection] += data
    while b"\n" in incoming[connection] and connection not in leaving:
        line, _, rest = incoming[connection].partition(b"\n")
        if line.startswith(b"PRIVATE "):
            if b"\n" not in rest:
                break
            text, _, rest = rest.partition(b"\n")
            line += b"\n" + text
        incoming[connection] = rest
        obey(connection, line)


while True:
    writable = [connection for connection, data in outgoing.items() if data]
    readers, writers, _ = select.select([server, *incoming], writable, [])
    for connection in writers:
        sent = connection.send(outgoing[connection][:65536])
        del outgoing[connection][:sent]
        if connection in leaving and not outgoing[connection]:
            close(connection)
    for connection in readers:
        if connection is server:
            connection, _ = server.accept()
            connection.setblocking(False)
            incoming[connection] = b""
            outgoing[connection] = bytearray()
        elif connection in incoming and connection not in leaving:
            read(connection)
