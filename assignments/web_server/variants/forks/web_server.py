"""A web server with a process for each client, from socketserver."""

import argparse
import logging
import shutil
from http import HTTPStatus
from pathlib import Path
from socketserver import ForkingTCPServer, StreamRequestHandler
from urllib.parse import unquote


class NotServed(Exception):
    """There is no page for this request. Its argument is the HTTPStatus."""


class Handler(StreamRequestHandler):
    wbufsize = -1  # head and page leave together

    def handle(self):
        try:
            page = self.page_for(self.rfile.readline(65537).decode("ascii", "replace"))
            length = page.stat().st_size
            self.begin(HTTPStatus.OK, length)
            with page.open("rb") as content:
                shutil.copyfileobj(content, self.wfile, 1024)
        except NotServed as problem:
            self.begin(problem.args[0], 0)

    def page_for(self, request):
        lines = iter(lambda: self.rfile.readline(65537).strip(), b"")
        headers = dict(line.split(b":", 1) for line in lines if b":" in line)
        logging.info("%r with %d headers", request, len(headers))
        try:
            method, target, _ = request.split()
        except ValueError:
            raise NotServed(HTTPStatus.BAD_REQUEST) from None
        if method != "GET":
            raise NotServed(HTTPStatus.METHOD_NOT_ALLOWED)
        path = folder.joinpath(unquote(target).lstrip("/"))
        try:
            real = path.resolve(strict=True)
            real.relative_to(folder)
            if real.is_file():
                return real
        except (OSError, ValueError):
            pass
        raise NotServed(HTTPStatus.NOT_FOUND)

    def begin(self, status, length):
        head = [f"HTTP/1.0 {status.value} {status.phrase}", f"Content-Length: {length}", "Cache-Control: no-store", "", ""]
        self.wfile.write("\r\n".join(head).encode())


parser = argparse.ArgumentParser()
parser.add_argument("folder", nargs="?", type=Path, default=Path("."))
parser.add_argument("-p", "--port", type=int, default=8080)
options = parser.parse_args()
folder = options.folder.resolve()
logging.basicConfig(level=logging.INFO)
ForkingTCPServer.allow_reuse_address = True
with ForkingTCPServer(("localhost", options.port), Handler) as server:
    server.serve_forever()
