"""An echo client that prints what comes at once; a decoder keeps the first half of a letter until the second one comes."""

import codecs
import socket

try:
    connection = socket.create_connection(("localhost", 9128), timeout=10)
except OSError as error:
    print("There is no echo server:", error)
    raise SystemExit(1) from None

message = input("Enter a message to echo: ").encode()
decoder = codecs.getincrementaldecoder("utf-8")()
missing = len(message)
try:
    connection.sendall(message)
    while missing and (piece := connection.recv(missing)):
        print(decoder.decode(piece), end="", flush=True)
        missing -= len(piece)
    print()
except OSError as error:
    print("\nThe connection is gone:", error)
else:
    if missing:
        print(f"The last {missing} bytes never came back.")
finally:
    connection.close()
