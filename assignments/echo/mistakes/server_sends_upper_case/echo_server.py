from socketserver import BaseRequestHandler, ThreadingTCPServer


class EchoHandler(BaseRequestHandler):
    def handle(self):
        while True:
            data = self.request.recv(1024)
            if not data:
                break
            self.request.sendall(data.upper())


ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("localhost", 9128), EchoHandler).serve_forever()
