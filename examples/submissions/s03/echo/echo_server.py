# The server of the lecture, brought to Python 3: one message from each client.
from socketserver import BaseRequestHandler, TCPServer


class EchoHandler(BaseRequestHandler):
    def handle(self):
        text = self.request.recv(1024)
        self.request.send(text)


server = TCPServer(("localhost", 9128), EchoHandler)
server.serve_forever()
