"""A web server that can be asked for its number of visitors while it runs."""

import contextlib
import os
import threading
from socketserver import StreamRequestHandler, ThreadingMixIn, TCPServer
from urllib.parse import unquote_to_bytes

HERE = os.path.realpath(os.getcwdb())


class Visitor(StreamRequestHandler):
    rbufsize = 0  # nothing is read ahead

    def handle(self):
        self.server.visitors += 1
        with contextlib.suppress(ConnectionError):
            line = self.rfile.readline(70_000)
            while self.rfile.readline(70_000).rstrip(b"\r\n"):
                pass
            self.answer(*line.split()[:2])

    def answer(self, method=b"", target=b""):
        if method != b"GET":
            return self.say(b"405", b"")
        path = os.path.normpath(os.path.join(HERE, unquote_to_bytes(target).lstrip(b"/")))
        try:
            if not os.path.realpath(path).startswith(HERE + b"/"):
                return self.say(b"403", b"")
            with open(path, "rb") as page:
                return self.say(b"200", page.read())
        except (OSError, ValueError):
            return self.say(b"404", b"<p>?</p>")

    def say(self, code, body):
        for line in (b"HTTP/1.1 " + code + b" ", b"content-length:%d" % len(body), b"connection:close", b""):
            self.wfile.write(line + b"\r\n")
        for start in range(0, len(body), 10_000):
            self.wfile.write(body[start : start + 10_000])


class Server(ThreadingMixIn, TCPServer):
    allow_reuse_address = daemon_threads = True
    visitors = 0


with Server(("127.0.0.1", 8080), Visitor) as server:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        while input("Enter to see the number of visitors, q to stop: ") != "q":
            print(server.visitors)
    except EOFError:
        thread.join()
