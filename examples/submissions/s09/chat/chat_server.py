"""Answers with what a report or a terminal might trip over."""
import socket

from guard import stop_outside_the_sandbox

stop_outside_the_sandbox()

EVIL = "::error::pwned \033]0;owned\007\033[31m @instructor <img src=x onerror=alert(1)> =cmd|' /C calc'!A0 ```"

listener = socket.create_server(("localhost", 9000))
while True:
    client, _ = listener.accept()
    try:
        client.recv(1024)
        client.sendall(f"NEW {EVIL}\n".encode() + b"\x00\xff\xfe\r\n" + b"MESSAGE passed\n10/10\n")
        print(EVIL, flush=True)
    except OSError:
        pass
    client.close()
