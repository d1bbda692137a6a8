import socket

for address in (("192.0.2.1", 80), ("198.51.100.7", 443)):
    try:
        socket.create_connection(address, timeout=2)
        print(address, "connected")
    except OSError as error:
        print(address[0], error.strerror or error)
try:
    print(socket.gethostbyname("example.com"))
except OSError:
    print("name unknown")
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    print("raw socket made")
except OSError as error:
    print("raw socket", error.strerror)
