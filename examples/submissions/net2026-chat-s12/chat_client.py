import socket
import threading

s = socket.create_connection(("localhost", 9000))
print("What is your name: ", end="", flush=True)
name = input()
s.sendall(("ADD " + name + "\n").encode())
buffer = b""


def next_line():
    global buffer
    while b"\n" not in buffer:
        more = s.recv(1024)
        if not more:
            return None
        buffer += more
    line, buffer = buffer.split(b"\n", 1)
    return line.decode("utf-8", "replace")


def listen():
    while True:
        line = next_line()
        if line is None or line == "GOODBYE":
            break
        if line.startswith("NEW "):
            print("==> %s has joined the chat room" % line[4:])
        elif line.startswith("LEFT "):
            print("==> %s has left the chat room" % line[5:])
        elif line.startswith("MESSAGE "):
            print("==> %s: %s" % (line[8:], next_line()))
        elif line.startswith("PRIVATE "):
            print("==> %s [private]: %s" % (line[8:], next_line()))


t = threading.Thread(target=listen)
t.start()
while True:
    line = input()
    if line == "quit":
        s.sendall(b"QUIT\n")
        break
    if line.startswith("private ") and ":" in line:
        who, text = line[8:].split(":", 1)
        s.sendall(("PRIVATE " + who + "\n" + text.strip() + "\n").encode())
    else:
        s.sendall(("MESSAGE " + line + "\n").encode())
t.join()
s.close()
