"""How a student's process is started, confined, watched, explained and killed.

where a session lives
    probe.py          what this machine can do; trial.py is the run that finds it out
    outer.py          the command line that puts a session into namespaces of its own
    world.py          a session's network, root and confinement, once it is inside
    network.py        … its network
    root.py           … its own root, by means of mounts.py
    surroundings.py   … what no job may change in it

how a program is confined
    confinement.py    what every way of confining offers
    box.py            the sandbox: bwrap inside the session
    portable.py       the fallback without namespaces, and shim/ for its ports
    by_hand.py        a program that a person starts
    kernel_limits.py  what the kernel holds it to
    seccomp.py        the system calls that it does not need, and those that are held
    folder.py         its folder, touched without following a link

one program that runs
    process.py        its limits and its end
    streams.py        its standard streams
    usage.py          the memory and computing time that it uses
    threads.py        which of its threads computes
    held_writes.py    which thread writes what, as the kernel tells; told_writes.py: by its own word
    inside/           our own small programs that run on the student's side

why it does not go on
    stuck.py          which threads sleep, and in which call
    watch.py          whether that is for ever
    timers.py         whether the kernel will wake it
    wait_limit.py     for how long it waits for data
    sockets.py        the kernel's socket table
    system_call.py    calls of the kernel that Python has no function for

what its last words say
    explain.py        a traceback or a dump of stacks, in plain words
    tracebacks.py     the last traceback as the student's page shows it
    source_text.py    why Python cannot read its text

What a program may use stands in `grader.limits`; what a check makes of it, in `grader.checks`.
"""
