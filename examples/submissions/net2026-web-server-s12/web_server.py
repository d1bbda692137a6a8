import os
import socket
from urllib.parse import unquote

FOLDER = os.getcwd()


def read_request(client):
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(2048)
        if not more:
            return None
        data += more
    return data.split(b"\r\n")[0].decode("latin-1").split(" ")


def answer(method, target):
    if method != "GET":
        return "405 Method Not Allowed", b""
    parts = unquote(target.split("?")[0]).split("/")
    if ".." in parts or "\0" in target:
        return "403 Forbidden", b""
    path = os.path.join(FOLDER, *[part for part in parts if part])
    if not os.path.isfile(path) or not os.path.realpath(path).startswith(os.path.realpath(FOLDER) + os.sep):
        return "404 Not Found", b""
    with open(path, "rb") as page:
        return "200 OK", page.read()


listener = socket.create_server(("localhost", 8080))
while True:
    client, _ = listener.accept()
    try:
        request = read_request(client)
        if request and len(request) > 1:
            status, body = answer(request[0], request[1])
            client.sendall(("HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body))).encode() + body)
    except OSError:
        pass
    client.close()
