"""Tries to leave the sandbox: the internet, new namespaces, mounts, other processes. Then claims that all is well."""
import ctypes
import os
import socket

from guard import stop_outside_the_sandbox

stop_outside_the_sandbox()

for address in (("192.0.2.1", 80), ("198.51.100.7", 443)):  # addresses of RFC 5737, which nobody has
    try:
        socket.create_connection(address, timeout=1).close()
        print("reached", address)
    except OSError as problem:
        print("not reached", address, problem)

libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in {
    "unshare": (0x10000000,),
    "mount": (b"none", b"/tmp", b"tmpfs", 0, None),
    "ptrace": (16, 1, None, None),
    "setuid": (0,),
}.items():
    answer = getattr(libc, name)(*arguments)
    print(name, "worked" if answer == 0 else os.strerror(ctypes.get_errno()))

print("Enter a message to echo: ok, 7 of 7 checks passed", flush=True)
os._exit(0)
