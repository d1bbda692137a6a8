"""A web server whose pages are a WSGI application."""

from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

FOLDER = Path.cwd().resolve()


def application(environ, start_response):
    if environ["REQUEST_METHOD"] != "GET":
        start_response("405 Method Not Allowed", [("Allow", "GET")])
        return []
    name = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")  # it is decoded already
    try:
        page = Path(FOLDER, name.strip("/")).resolve()
        content = page.read_bytes() if FOLDER in page.parents else None
    except (OSError, ValueError):
        content = None
    if content is None:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Not here.\n"]
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Server(WSGIServer):
    def handle_error(self, *_):
        pass  # one client less


with make_server("127.0.0.1", 8080, application, Server, Quiet) as server:
    server.serve_forever()
