"""An echo server for one client at a time, which needs one buffer for all of them."""

import socket

buffer = bytearray(65536)
view = memoryview(buffer)

with socket.create_server(("", 9128), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
    while True:
        connection, (host, *_) = listener.accept()
        print(host, "is here", flush=True)
        with connection:
            try:
                while count := connection.recv_into(buffer):
                    connection.sendall(view[:count])
            except (ConnectionResetError, BrokenPipeError):
                print(host, "has broken off", flush=True)
