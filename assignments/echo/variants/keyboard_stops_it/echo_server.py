"""An echo server that takes one byte at a time; whoever has started it stops it with `stop`."""

import socket
import threading


def echo(connection):
    with connection:
        try:
            while byte := connection.recv(1):
                connection.send(byte)
        except OSError:
            pass


def accept(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=echo, args=(connection,), daemon=True).start()


def main():
    with socket.create_server(("localhost", 9128)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        while True:
            try:
                if input("Type stop to stop: ").strip() == "stop":
                    return
            except EOFError:
                threading.Event().wait()  # no keyboard: until somebody kills it


main()
