"""Fills its folder with files and links, among them links to where results might be read or written."""
import os

from guard import stop_outside_the_sandbox

stop_outside_the_sandbox()

try:
    os.symlink("/etc/shadow", "shadow")
    os.symlink("/proc/1/environ", "environment")
    os.mkfifo("pipe")
    for number in range(100_000):
        os.close(os.open(f"file-{number}", os.O_CREAT | os.O_WRONLY))
except OSError as problem:
    print("stopped:", problem.strerror)
for folder in ("/run/grader", "/usr/lib/python3", "/etc", "/proc/1/root"):
    try:
        with open(os.path.join(folder, "owned.py"), "w") as file:
            file.write("print('owned')\n")
        print("wrote into", folder)
    except OSError as problem:
        print("cannot write into", folder, problem.strerror)
print("What is your name: ==> Ann has joined the chat room", flush=True)
raise SystemExit(0)
