import socket
import sys
import threading

s = socket.socket()
try:
    s.connect(("localhost", 9000))
except OSError as e:
    print("no chat today:", e)
    sys.exit(1)

name = input("What is your name: ")
s.sendall(f"ADD {name}\n".encode())


def listen():
    # decodes each recv() by itself: a message that arrives in two pieces is lost
    while True:
        data = s.recv(4096).decode("utf-8", "replace")
        if not data:
            return
        lines = data.split("\n")
        while lines:
            line = lines.pop(0)
            if line.startswith("NEW "):
                print(f"==> {line[4:]} has joined the chat room")
            elif line.startswith("LEFT "):
                print(f"==> {line[5:]} has left the chat room")
            elif line.startswith("MESSAGE ") and lines:
                print(f"==> {line[8:]}: {lines.pop(0)}")
            elif line.startswith("PRIVATE ") and lines:
                print(f"==> {line[8:]} [private]: {lines.pop(0)}")
            elif line == "GOODBYE":
                return


thread = threading.Thread(target=listen)
thread.start()
while True:
    text = input()
    if text == "quit":
        s.sendall(b"QUIT\n")
        break
    if text.startswith("private ") and ":" in text:
        friend, message = text[8:].split(":", 1)
        s.sendall(f"PRIVATE {friend}\n{message.strip()}\n".encode())
    else:
        s.sendall(f"MESSAGE {text}\n".encode())
thread.join()
