import http.server
import os
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    """GET only; the base class answers 501 to everything else."""

    def do_GET(self):
        wanted = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        here = os.path.realpath(".")
        path = os.path.realpath(os.path.join(here, wanted.lstrip("/")))
        if os.path.commonpath([here, path]) != here or not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            content = file.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("localhost", 8080), Handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
