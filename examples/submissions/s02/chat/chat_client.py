"""A chat client in one thread: a selector watches the keyboard and the server."""
import os
import selectors
import socket
import sys


class Lines:
    """Cuts what a file descriptor brings into lines; only LF ends a line."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.rest = b""
        self.at_end = False

    def read(self):
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            data = b""
        self.at_end = not data
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [line.decode(errors="replace") for line in lines]


def show(lines):
    """Print the complete messages in `lines`; return the lines of one that is not complete yet."""
    while lines:
        kind, _, name = lines[0].partition(" ")
        if kind in ("MESSAGE", "PRIVATE"):
            if len(lines) < 2:
                break
            print(f"==> {name}{' [private]' if kind == 'PRIVATE' else ''}: {lines.pop(1)}", flush=True)
        elif kind == "NEW":
            print(f"==> {name} has joined the chat room", flush=True)
        elif kind == "LEFT":
            print(f"==> {name} has left the chat room", flush=True)
        elif kind == "GOODBYE":
            sys.exit()
        lines.pop(0)
    return lines


def to_server(typed):
    if typed == "quit":
        return "QUIT\n"
    if typed.startswith("private ") and ":" in typed:
        friend, text = typed.removeprefix("private ").split(":", 1)
        return f"PRIVATE {friend}\n{text.lstrip()}\n"
    return f"MESSAGE {typed}\n"


def main():
    try:
        server = socket.create_connection(("localhost", 9000))
    except OSError as problem:
        sys.exit(f"No chat server: {problem}")
    keyboard, wire = Lines(sys.stdin.fileno()), Lines(server.fileno())
    print("What is your name: ", end="", flush=True)
    typed = []
    while not typed and not keyboard.at_end:
        typed = keyboard.read()
    if not typed:
        return
    name, *typed = typed
    selector = selectors.DefaultSelector()
    selector.register(keyboard.descriptor, selectors.EVENT_READ, keyboard)
    selector.register(wire.descriptor, selectors.EVENT_READ, wire)
    try:
        server.sendall("".join([f"ADD {name}\n", *map(to_server, typed)]).encode())
        unread = []
        while not wire.at_end:
            for key, _ in selector.select():
                lines = key.data.read()
                if key.data is wire:
                    unread = show(unread + lines)
                else:
                    server.sendall("".join(map(to_server, lines)).encode())
                    if keyboard.at_end:
                        selector.unregister(keyboard.descriptor)
    except KeyboardInterrupt:
        pass
    except OSError as problem:
        sys.exit(f"The connection broke: {problem}")


if __name__ == "__main__":
    main()
