import selectors
import socket

# One thread, many clients: every client has bytes that still have to go back.
selector = selectors.DefaultSelector()


def accept(listener):
    client, _ = listener.accept()
    client.setblocking(False)
    selector.register(client, selectors.EVENT_READ, bytearray())


def serve(key, events):
    client, waiting = key.fileobj, key.data
    try:
        if events & selectors.EVENT_READ:
            data = client.recv(4096)
            if not data and not waiting:
                raise EOFError
            waiting += data
        if waiting:
            del waiting[: client.send(waiting)]
    except BlockingIOError:
        pass
    except (OSError, EOFError):
        selector.unregister(client)
        client.close()
        return
    selector.modify(client, selectors.EVENT_WRITE if waiting else selectors.EVENT_READ, waiting)


def main():
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 9128))
        listener.listen()
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, events in selector.select():
                if key.data is None:
                    accept(listener)
                else:
                    serve(key, events)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped")
