"""An echo server that waits for all of its clients at once, without threads."""

import selectors
import socket

MOST_KEPT = 1 << 20  # bytes; a client that takes nothing back is not read from any more

selector = selectors.DefaultSelector()


def accept(listener, _mask, _unsent):
    connection, _ = listener.accept()
    connection.setblocking(False)
    selector.register(connection, selectors.EVENT_READ, (serve, bytearray()))


def serve(connection, mask, unsent):
    at_end = False
    try:
        if mask & selectors.EVENT_READ:
            data = connection.recv(8192)
            unsent += data
            at_end = not data
        if unsent:
            del unsent[: connection.send(unsent)]
    except BlockingIOError:
        pass
    except ConnectionError:
        unsent.clear()
        at_end = True
    finish_or_wait(connection, unsent, at_end)


def flush(connection, _mask, unsent):
    """The client is done, and waits for the rest of its echo."""
    try:
        del unsent[: connection.send(unsent)]
    except BlockingIOError:
        pass
    except ConnectionError:
        unsent.clear()
    finish_or_wait(connection, unsent, at_end=True)


def finish_or_wait(connection, unsent, at_end):
    if at_end and not unsent:
        selector.unregister(connection)
        connection.close()
    elif at_end:
        selector.modify(connection, selectors.EVENT_WRITE, (flush, unsent))
    else:
        events = (selectors.EVENT_WRITE if unsent else 0) | (selectors.EVENT_READ if len(unsent) < MOST_KEPT else 0)
        selector.modify(connection, events, (serve, unsent))


with socket.create_server(("localhost", 9128)) as listener:
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, (accept, None))
    while True:
        for key, mask in selector.select():
            do, unsent = key.data
            do(key.fileobj, mask, unsent)
