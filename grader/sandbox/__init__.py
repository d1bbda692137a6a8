"""How a student's process is started, confined, watched, explained and killed. What a check makes of that is in `checks`.

`inside/` has our own small programs that run on the student's side, `shim/` what redirects a program's ports in portable mode.

Doors, used by other rooms:
    box             the sandbox around one student's program
    by_hand         a program that a person starts
    confinement     what every way of confining a program offers
    explain         what a traceback or a stack dump says
    held_writes     who wrote what, noticed by the kernel
    network         the session's own network
    outer           the command line that puts a session into namespaces of its own
    portable        the fallback without namespaces
    probe           what this machine can do
    process         one running program: its streams, limits and end
    root            the session's own root
    sockets         the kernel's table of TCP sockets
    source_text     why Python cannot read a file as text
    stuck           which threads of a program sleep, and in which call
    surroundings    what no job may change
    told_writes     who wrote what, by the program's own word
    tracebacks      the last traceback in a program's output, whole
    wait_limit      for how long a sleeping program will wait at most
    watch           deciding that a check waits for ever

Inside, used only here:
    folder         a folder that a student's program can change, touched safely
    mounts         mounting and unmounting
    seccomp        filters for system calls
    streams        the descriptors of a program's three streams
    system_call    calls of the kernel that Python has no function for
    threads        threads of a program seen from outside
    timers         whether the kernel will wake a sleeping program by itself
    trial          the trial run behind `probe`, started as `python -m`
"""
