import os

os.symlink("/etc/passwd", "link.txt")
os.mkfifo("fifo.txt")
os.symlink("..", "up")
open("once.txt", "w").close()
os.link("once.txt", "twice.txt")
os.makedirs("/".join(["d"] * 500))
print("made")
