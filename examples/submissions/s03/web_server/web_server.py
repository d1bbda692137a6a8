# The web server of the lecture, brought to Python 3: it opens whatever path it is asked for.
from socketserver import BaseRequestHandler, TCPServer


class WebHandler(BaseRequestHandler):
    def handle(self):
        request = self.request.recv(1024).decode()
        words = request.split()
        if len(words) > 1 and words[0] == "GET":
            name = words[1][1:]
            try:
                with open(name, "rb") as page:
                    content = page.read()
            except OSError:
                self.request.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
                return
            self.request.sendall(b"HTTP/1.0 200 OK\r\n")
            self.request.sendall(b"Content-Length: " + str(len(content)).encode() + b"\r\n\r\n")
            self.request.sendall(content)
        else:
            self.request.sendall(b"HTTP/1.0 501 Not Implemented\r\n\r\n")


class Server(TCPServer):
    allow_reuse_address = True


Server(("localhost", 8080), WebHandler).serve_forever()
