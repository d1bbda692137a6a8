"""An echo server that leaves the echo to cat, as inetd does with its services."""

import socket
import subprocess

running = []
with socket.create_server(("localhost", 9128)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            running.append(subprocess.Popen(["cat"], stdin=connection, stdout=connection, stderr=subprocess.DEVNULL))
        running = [cat for cat in running if cat.poll() is None]
