
class ConnectionLost(Exception):
    pass

def _recv(sock, n, *flags):
    try:
        return sock.recv(n, *flags)
    except ConnectionError:
        raise ConnectionLost("reset")

def receive_line(sock):
    out = []
    while True:
        b = _recv(sock, 1)
        if b == b"":
            raise ConnectionLost
        if b == b"\n":
            return b"".join(out)
        out.append(b)

def receive_exactly(sock, count):
    data = bytearray()
    while len(data) != count:
        piece = _recv(sock, count - len(data))
        if not piece:
            raise ConnectionLost
        data.extend(piece)
    return data

def receive_all(sock):
    data = b""
    while 1:
        piece = _recv(sock, 100)
        if len(piece) == 0:
            return data
        data = data + piece

import select
def outcome(sock, max_bytes, patience):
    ready, _, _ = select.select([sock], [], [], patience)
    if not ready:
        return 'waiting'
    n = len(_recv(sock, max_bytes))
    if n == 0: return 'closed'
    if n < max_bytes: return 'partial'
    return 'full'
