import os

try:
    os.memfd_create("hidden")
    print("memfd made")
except PermissionError:
    print("memfd refused")
