from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from urllib.parse import unquote


class PageHandler(BaseRequestHandler):
    def handle(self):
        words = self.request.recv(4096).decode("latin-1").split()
        if len(words) < 2:
            return
        if words[0] != "GET":
            self.request.sendall(b"HTTP/1.0 501 Not Implemented\r\n\r\n")
            return
        page = Path(unquote(words[1]).lstrip("/")).resolve()
        if page.is_relative_to(Path.cwd()) and page.is_file():
            content = page.read_bytes()
            self.request.sendall(f"HTTP/1.0 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
        else:
            self.request.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")


if __name__ == "__main__":
    TCPServer(("localhost", 8080), PageHandler).serve_forever()
