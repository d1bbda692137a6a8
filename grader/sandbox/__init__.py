"""How a student's process is started, confined, watched, explained and killed.

probe.py        what this machine can do: a real nested run
outer.py        command line that puts a session into namespaces of its own
network.py      the session's own network, once it is inside
box.py          the sandbox around one student's program (bwrap inside the session)
seccomp.py      the system calls a student's program does not need
portable.py     the fallback without namespaces, and shim/ for its ports
confinement.py  what box.py and portable.py have in common
process.py      one running program: its streams, limits and end
files.py        reading what a hostile program may have left in its folder
sockets.py      the kernel's socket table
stuck.py        how a program's threads sleep at one moment
watch.py        whether a check waits for what can no longer happen
idle_loops.py   which loops only sleep for ever, as their source proves, and ticks.py who is in one of them
polling.py      since when programs have only slept and looked: evidence for a time-out, no proof
explain.py      what a traceback or a stack dump says, in a student's words
inside/         our own small programs that run on the student's side
"""
