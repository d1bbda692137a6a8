"""Burns CPU in children that live for a moment only; HOW says who waits for them."""

import os
import signal
import time

HOW = "waits"


def burn() -> None:
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass


if HOW == "ignores":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    child = os.fork()
    if child == 0:
        if HOW == "orphans":
            if os.fork():
                os._exit(0)
        burn()
        os._exit(0)
    try:
        os.waitpid(child, 0)
    except ChildProcessError:
        pass
    if HOW == "orphans":
        time.sleep(0.02)
