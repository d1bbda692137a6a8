from socketserver import StreamRequestHandler, ThreadingTCPServer


class Echo(StreamRequestHandler):
    def handle(self):
        try:
            while True:
                data = self.rfile.read1(8192)
                if not data:
                    break
                self.wfile.write(data)
        except OSError:
            pass


ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer.daemon_threads = True
ThreadingTCPServer(("", 9128), Echo).serve_forever()
