import socketserver

names = []


class Chat(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            command, text = line.decode().split(" ")
            if command == "ADD":
                names.append(text)
                self.wfile.write("NEW " + text)
            elif command == "QUIT":
                return


socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("localhost", 9000), Chat).serve_forever()
