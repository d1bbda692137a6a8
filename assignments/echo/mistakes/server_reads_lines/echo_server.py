from socketserver import StreamRequestHandler, ThreadingTCPServer


class EchoHandler(StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class EchoServer(ThreadingTCPServer):
    allow_reuse_address = True


EchoServer(("localhost", 9128), EchoHandler).serve_forever()
