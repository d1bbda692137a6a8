"""Keeps this student's programs harmless: they attack inside the grader's sandbox and nowhere else."""
import socket
import sys


def stop_outside_the_sandbox():
    """End the program unless it runs where it can hurt nobody: a network of its own and the sandbox's own /etc/hosts."""
    try:
        with open("/proc/net/dev") as links:
            names = [line.split(":")[0].strip() for line in links if ":" in line]
        with open("/etc/hosts") as hosts:
            knows_nist = "time.nist.gov" in hosts.read()
    except OSError:
        names, knows_nist = [], False
    if names != ["lo"] or not knows_nist or socket.gethostname() != "box":
        sys.exit("This program attacks, but only inside the grader's sandbox. This is not the sandbox: nothing was done.")
