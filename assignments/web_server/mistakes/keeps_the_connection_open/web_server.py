from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import unquote


class PageHandler(StreamRequestHandler):
    def handle(self):
        while self.sent_a_page():
            pass

    def sent_a_page(self):
        words = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        if len(words) < 2:
            return False
        if words[0] != "GET":
            self.wfile.write(b"HTTP/1.0 501 Not Implemented\r\n\r\n")
            return False
        page = Path(unquote(words[1]).lstrip("/")).resolve()
        if not page.is_relative_to(Path.cwd()) or not page.is_file():
            self.wfile.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
            return False
        content = page.read_bytes()
        head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)
        return True


if __name__ == "__main__":
    ThreadingTCPServer(("localhost", 8080), PageHandler).serve_forever()
