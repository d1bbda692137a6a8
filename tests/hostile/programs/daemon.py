import os
import socket
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        server = socket.create_server(("127.0.0.1", 9128))
        open("daemon_is_up", "w").close()
        time.sleep(600)
    os._exit(0)
while not os.path.exists("daemon_is_up"):
    time.sleep(0.001)
print("left a daemon on port 9128")
