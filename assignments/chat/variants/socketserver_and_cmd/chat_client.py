"""A chat client that lets cmd.Cmd read the keyboard."""

import cmd
import socket
import threading


class Chat(cmd.Cmd):
    prompt = "> "

    def __init__(self, server):
        super().__init__()
        self.server = server

    def send(self, *lines):
        self.server.sendall("".join(f"{line}\n" for line in lines).encode())

    def parseline(self, line):
        """Only a blank ends a command; cmd.Cmd would take `?` and `!` for commands, too."""
        command, _, rest = line.partition(" ")
        return command, rest, line

    def do_quit(self, rest):
        if rest:
            return self.default(f"quit {rest}")
        self.send("QUIT")
        return True

    def do_private(self, rest):
        friend, colon, text = rest.partition(":")
        if colon:
            self.send(f"PRIVATE {friend.strip()}", text.strip())
        else:
            self.default(f"private {rest}")

    def do_help(self, rest):
        self.default(f"help {rest}" if rest else "help")

    def do_EOF(self, rest):
        return self.do_quit("")

    def emptyline(self):
        pass

    def default(self, line):
        self.send(f"MESSAGE {line}")


def listen(server):
    lines = iter(server.makefile("rb").readline, b"")
    for line in lines:
        word, _, name = line.decode().rstrip("\n").partition(" ")
        if word in ("NEW", "LEFT"):
            print("==>", name, "has", "joined" if word == "NEW" else "left", "the chat room")
        elif word in ("MESSAGE", "PRIVATE"):
            kind = " [private]" if word == "PRIVATE" else ""
            print(f"==> {name}{kind}: {next(lines, b'').decode()}", end="", flush=True)


def main():
    with socket.create_connection(("localhost", 9000)) as server:
        chat = Chat(server)
        chat.send("ADD " + input("What is your name: "))
        listener = threading.Thread(target=listen, args=[server])
        listener.start()
        chat.cmdloop()
        listener.join()


main()
