"""A web server from http.server, which parses the request; this file decides which pages may be seen."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Pages(BaseHTTPRequestHandler):
    timeout = 20  # seconds that a silent client may take

    def do_GET(self):
        page = self.find()
        if page is None:
            self.send_error(404)
            return
        content = page.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def find(self):
        """The file that the path names, or None."""
        folder = Path.cwd()
        try:
            page = (folder / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
            return page if page.is_relative_to(folder) and page.is_file() else None
        except (OSError, ValueError):
            return None


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        print("A client has gone:", client_address)


Server(("localhost", 8080), Pages).serve_forever()
