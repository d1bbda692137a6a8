"""An echo server: every byte that comes in goes back out, for as long as the client stays."""

from socketserver import BaseRequestHandler, ThreadingTCPServer

ADDRESS = ("localhost", 9128)


class EchoHandler(BaseRequestHandler):
    """Serves one client; the server makes a new handler, in a thread of its own, for every connection."""

    def handle(self):
        try:
            while data := self.request.recv(4096):  # b"" means: the client has left
                self.request.sendall(b"Server echoed: " + data)
        except ConnectionError:
            pass  # the client was gone before its echo; nobody else needs to know


class EchoServer(ThreadingTCPServer):
    allow_reuse_address = True  # start again at once after Ctrl-C
    daemon_threads = True  # Ctrl-C does not wait for clients


def main():
    with EchoServer(ADDRESS, EchoHandler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("The echo server stops.")


if __name__ == "__main__":
    main()
