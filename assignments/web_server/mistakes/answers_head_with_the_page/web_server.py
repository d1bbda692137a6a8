from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from urllib.parse import unquote


class PageHandler(StreamRequestHandler):
    def handle(self):
        words = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        if len(words) < 2:
            return
        if words[0] not in ("GET", "HEAD"):
            self.wfile.write(b"HTTP/1.0 501 Not Implemented\r\n\r\n")
            return
        page = Path(unquote(words[1]).lstrip("/")).resolve()
        if not page.is_relative_to(Path.cwd()) or not page.is_file():
            self.wfile.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
            return
        content = page.read_bytes()
        head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)


if __name__ == "__main__":
    TCPServer(("localhost", 8080), PageHandler).serve_forever()
