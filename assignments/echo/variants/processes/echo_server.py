"""An echo server of four processes that share one listening socket."""

import multiprocessing
import socket


def serve(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(4096):
                    connection.sendall(data)
            except ConnectionError:
                continue


def main() -> None:
    listener = socket.create_server(("localhost", 9128))
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=serve, args=(listener,), daemon=True) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
