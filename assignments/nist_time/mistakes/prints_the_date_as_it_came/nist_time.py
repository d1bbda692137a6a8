from socket import socket

connection = socket()
connection.connect(("time.nist.gov", 13))
reply = connection.recv(256).decode()
connection.close()

fields = reply.split()
print("It is now", fields[2], "on", fields[1])
