import socket

message = input("Enter a message to echo: ").encode("utf-8")
try:
    s = socket.create_connection(("127.0.0.1", 9128))
    s.sendall(message)
    got = b""
    while len(got) < len(message):
        more = s.recv(10)
        if not more:
            raise ConnectionError("closed too early")
        got += more
    print(got.decode("utf-8"))
    s.close()
except OSError as problem:
    print("It did not work:", problem)
