"""Leaves a daemon behind that ignores signals and keeps the port, so that the next student cannot have it."""
import os
import signal
import socket
import time

from guard import stop_outside_the_sandbox

stop_outside_the_sandbox()

listener = socket.create_server(("localhost", 9128))
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(3600)
    os._exit(0)
os._exit(0)
