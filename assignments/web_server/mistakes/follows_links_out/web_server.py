import os
from socketserver import StreamRequestHandler, TCPServer
from urllib.parse import unquote


class PageHandler(StreamRequestHandler):
    def handle(self):
        words = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        if len(words) < 2:
            return
        if words[0] != "GET":
            self.wfile.write(b"HTTP/1.0 501 Not Implemented\r\n\r\n")
            return
        page = os.path.abspath(unquote(words[1]).lstrip("/"))
        if not page.startswith(os.getcwd() + "/") or not os.path.isfile(page):
            self.wfile.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
            return
        with open(page, "rb") as file:
            content = file.read()
        head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)


if __name__ == "__main__":
    TCPServer(("localhost", 8080), PageHandler).serve_forever()
