"""How a student's process is started, confined, watched, explained and killed. What a check makes of that is in `checks`.

`inside/` has our own small programs that run on the student's side, `shim/` what redirects a program's ports in portable mode.

Doors, used by other rooms:
    by_hand         a program that a person starts
    confinement     what every way of confining a program offers
    explain         what a traceback or a stack dump says
    held_writes     who wrote what, noticed by the kernel
    idle_loops      which loops of a program only sleep for ever, as their source proves
    outer           the command line that puts a session into namespaces of its own
    polling         since when programs have only slept and looked: evidence, no proof
    probe           what this machine can do
    process         one running program: its streams, limits and end
    remembered      what the last trial on this machine found
    sockets         the kernel's table of TCP sockets
    source_text     why Python cannot read a file as text
    stuck           which threads of a program sleep, and in which call
    surroundings    what no job may change
    told_writes     who wrote what, by the program's own word
    tracebacks      the last traceback in a program's output, whole
    wait_limit      for how long a sleeping program will wait at most
    watch           deciding that a check waits for ever
    world           a session's network, root and confinement, once it is inside

Inside, used only here:
    box             the sandbox around one student's program
    boxed           a program behind a bwrap of its own
    folder          a folder that a student's program can change, touched safely
    forkable        which programs may be forked from a running interpreter
    kernel_limits   what the kernel holds a program to
    launcher        the interpreter that forks for each run, and its runs
    mounts          mounting and unmounting
    network         the session's own network
    portable        the fallback without namespaces
    proc            short files of /proc, read often
    root            the session's own root
    seccomp         filters for system calls
    streams         the descriptors of a program's three streams
    system_call     calls of the kernel that Python has no function for
    threads         threads of a program seen from outside
    ticks           who is in one of the idle loops
    timers          whether the kernel will wake a sleeping program by itself
    trial           the trial run behind `probe`, started as `python -m`
    typed           what is typed, on its way into a program
    usage           the memory and computing time that a program uses
    view            what a program sees of the machine
"""
