"""A web server for the files of the current directory, with socketserver."""
import socketserver
from pathlib import Path
from urllib.parse import unquote

ROOT = Path.cwd().resolve()
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 501: "Not Implemented"}


def page(target):
    """Content of the file that `target` names, or None."""
    name = unquote(target.partition("?")[0]).lstrip("/")
    try:
        file = (ROOT / name).resolve()
        if file.is_relative_to(ROOT) and file.is_file():
            return file.read_bytes()
    except (OSError, ValueError):
        pass
    return None


class Visitor(socketserver.StreamRequestHandler):
    def handle(self):
        words = self.rfile.readline(65536).decode("latin-1").split()
        if not words:
            return  # came and left
        length = 0
        while header := self.rfile.readline(65536).strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        self.rfile.read(min(length, 1_000_000))
        if len(words) != 3:
            self.answer(400, b"This is not HTTP.\n")
        elif words[0] != "GET":
            self.answer(501, b"GET is all I can.\n")
        elif (content := page(words[1])) is None:
            self.answer(404, b"There is no such page.\n")
        else:
            self.answer(200, content)

    def answer(self, code, content):
        head = f"HTTP/1.0 {code} {REASONS[code]}\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        print("lost", client_address)


if __name__ == "__main__":
    with Server(("localhost", 8080), Visitor) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
