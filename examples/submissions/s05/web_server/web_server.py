import http.sever

http.sever.HTTPServer(("localhost", 8080), http.sever.SimpleHTTPRequestHandler).serve_forever()
