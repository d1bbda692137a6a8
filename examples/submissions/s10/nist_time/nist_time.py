import socket
import sys

s = socket.socket()
s.connect(("time.nist.gov", 13))
data = s.recv(1024)
sys.stdout.buffer.write(b"It is now \xff\xfe\x80 on \xc3\x28\n")
