"""Runs on the student's side: one interpreter that has imported what programs need, and forks for each run of a program.

usage: python -s -X faulthandler launch.py SOCKET. The first message is JSON {filter, mounts, home, user, group}: the system calls
that a run is refused, in hexadecimal, what it sees where, where it starts, and who it is. Every further one asks for a run, with
its descriptors beside it, the first for its status, the others by the numbers in `keep`: {argv, file, words, modules, isolated,
limits, keep}. The answer is `!` and a descriptor by which the session knows process 1 of the run, or a sentence that says why
there is none. `file` null: a new interpreter runs `argv`.

Every run has namespaces of its own (user, process, mount) and a process 1 of ours in them. The program's process leaves the
loop in `serve` and becomes `python FILE WORDS` at the top level of this module, so that the interpreter's ordinary end follows:
threads are waited for, `atexit`, streams, exit code. Only the standard library in here.
"""

import sys

BARE = frozenset(sys.modules)
PRISTINE = {name: value for name, value in globals().items() if name not in ("sys", "BARE", "PRISTINE")}
"""What is in a program's module before its first line."""

import preloaded  # noqa: E402

preloaded.load(["short_end"])
preloaded.load(["ctypes", "fcntl", "importlib.machinery", "io", "json", "os", "resource", "select", "signal", "socket"])
preloaded.load(["struct", "types", "typing"])

import ctypes  # noqa: E402
import fcntl  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import select  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import struct  # noqa: E402
import types  # noqa: E402
from importlib.machinery import SourceFileLoader  # noqa: E402
from typing import Any  # noqa: E402

import short_end  # noqa: E402

LIBC = ctypes.PyDLL(None, use_errno=True)  # keeps the interpreter's lock during a call: after a clone nobody would give it back
CLONE = {"x86_64": 56, "aarch64": 220}
NEW_NAMESPACES = 0x20000 | 0x10000000 | 0x20000000  # CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID
BIND, PROC_FLAGS = 4096, 2 | 4 | 8  # MS_BIND; MS_NOSUID | MS_NODEV | MS_NOEXEC
SECCOMP, SECCOMP_FILTER, DROP_BOUND, NO_NEW_PRIVILEGES, SET_DUMPABLE = 22, 2, 24, 38, 4  # prctl(2)
SET_MEMORY_MAP, SET_ALL = 35, 14  # PR_SET_MM, PR_SET_MM_MAP
CAPABILITY_VERSION, LAST_CAPABILITY = 0x20080522, 40
ABOVE_ALL = 512  # a descriptor that no run has
MOST_DESCRIPTORS = 16
LONGEST_MESSAGE = 200_000
OWN_FRAMES = 2 if sys.version_info < (3, 12) else 1
"""What this module has used up of the limit of recursion when a program's first line runs; calls of C counted until 3.11."""


def serve(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Start runs until the session is gone. Returns in the process of a run: what was asked for, and its descriptors."""
    setting = json.loads(control.recv(LONGEST_MESSAGE))
    control.send(b"!")
    living: dict[int, int] = {}
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd in living:
                poll.unregister(fd)
                os.close(fd)
                os.waitpid(living.pop(fd), 0)
                continue
            data, descriptors, _, _ = socket.recv_fds(control, LONGEST_MESSAGE, MOST_DESCRIPTORS)
            if not data:
                os._exit(0)
            request = {**setting, **json.loads(data)}
            preloaded.load(request["modules"])
            try:
                init = clone()
            except OSError as error:
                control.send(f"no process could be made ({error.strerror})".encode())
            else:
                if init == 0:
                    control.detach()
                    be_init(request, descriptors[0])
                    return request, descriptors
                pidfd = os.pidfd_open(init)
                living[pidfd] = init
                poll.register(pidfd, select.POLLIN)
                socket.send_fds(control, [b"!"], [pidfd])
            for descriptor in descriptors:
                os.close(descriptor)


def clone() -> int:
    """fork(2) into new namespaces; 0 in the new process, which is process 1 there. It may do no more than fork and wait."""
    nothing = ctypes.c_ulong(0)
    flags = ctypes.c_ulong(NEW_NAMESPACES | signal.SIGCHLD)
    pid: int = LIBC.syscall(ctypes.c_long(CLONE[os.uname().machine]), flags, nothing, nothing, nothing, nothing)
    if pid < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return pid


def be_init(request: dict[str, Any], status: int) -> None:
    """Process 1 of a run: set up what it sees, start it, and tell how it ends. Returns in the process that it has started.

    Lines on `status`: `started`, then the status of the end as waitpid(2) has it; instead of either a sentence when something
    did not work. When this process ends, the kernel has killed everything in its namespace.
    """
    signals = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # it would die of those that Python handles
    try:
        set_up(request)
        os.setsid()
        child = os.fork()
    except OSError as error:
        os.write(status, f"{error}\n".encode())
        os._exit(1)
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        return
    LIBC.prctl(SET_DUMPABLE, *[ctypes.c_ulong(0)] * 4)  # what it has open is nobody's business
    os.write(status, b"started\n")
    os.dup2(status, ABOVE_ALL)
    os.closerange(0, ABOVE_ALL)
    while True:
        pid, state = os.wait()
        if pid == child:
            os.write(ABOVE_ALL, b"%d\n" % state)
            os._exit(0)


def set_up(request: dict[str, Any]) -> None:
    """Who we are (user_namespaces(7)), what is mounted where, and that no further user namespace can be made in here."""
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{request['user']} {request['user']} 1")
    write("/proc/self/gid_map", f"{request['group']} {request['group']} 1")
    for source, target in request["mounts"]:
        mount(source, target, None, BIND)
    mount("proc", "/proc", b"proc", PROC_FLAGS)
    write("/proc/sys/user/max_user_namespaces", "0")


def write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, text.encode())
    os.close(fd)


def mount(source: str, target: str, kind: bytes | None, flags: int) -> None:
    check(LIBC.mount(source.encode(), target.encode(), kind, ctypes.c_ulong(flags), None), target)


def check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)


def be_confined(request: dict[str, Any], descriptors: list[int]) -> int:
    """Take the place, the descriptors and the limits of a run, and give up every right. Returns the descriptor of its status."""
    status, *high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, ABOVE_ALL) for fd in descriptors]
    os.closerange(0, ABOVE_ALL)
    for fd, number in zip(high, request["keep"], strict=True):
        os.dup2(fd, number)
        os.close(fd)
    for name, (soft, hard) in request["limits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, hard))
    for capability in range(LAST_CAPABILITY + 1):
        LIBC.prctl(DROP_BOUND, ctypes.c_ulong(capability), *[ctypes.c_ulong(0)] * 3)
    check(LIBC.capset(struct.pack("=Ii", CAPABILITY_VERSION, 0), bytes(24)), "capset")
    check(LIBC.prctl(NO_NEW_PRIVILEGES, *[ctypes.c_ulong(value) for value in (1, 0, 0, 0)]), "no_new_privs")
    if request["filter"]:
        kept = ctypes.create_string_buffer(bytes.fromhex(request["filter"]))
        program = struct.pack("@HP", len(request["filter"]) // 16, ctypes.addressof(kept))  # struct sock_fprog; 8 bytes each
        check(LIBC.prctl(SECCOMP, ctypes.c_ulong(SECCOMP_FILTER), program, ctypes.c_ulong(0), ctypes.c_ulong(0)), "seccomp")
    os.chdir(request["home"])
    return status


def be_program(request: dict[str, Any]) -> None:
    """Make this interpreter one that was started as `python FILE WORDS`."""
    file, words = request["file"], request["words"]
    path = os.path.abspath(file)
    sys.argv, sys.orig_argv = [file, *words], request["argv"]
    be_called(request["argv"])
    if request["isolated"]:
        del sys.path[0]
    else:
        sys.path[0] = os.path.dirname(path)
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        stream = open_stream(fd, name, getattr(sys, f"__{name}__"))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    module = types.ModuleType("__main__")
    module.__dict__.clear()
    module.__dict__.update(PRISTINE, __doc__=None, __file__=path, __loader__=SourceFileLoader("__main__", path))
    if "__annotations__" in PRISTINE:
        module.__annotations__ = {}
    preloaded.park(BARE, request["modules"])
    sys.modules["__main__"] = module
    sys.setrecursionlimit(sys.getrecursionlimit() + OWN_FRAMES)


def be_called(argv: list[str]) -> None:
    """Show this command line in /proc/self/cmdline, as a new interpreter does: PR_SET_MM_MAP of prctl(2), where it is to be had.

    All other addresses stay what they are, as proc_pid_stat(5) tells them: its fields 26, 27, 45 to 47, 28, 50 and 51.
    """
    with open("/proc/self/stat") as stream:
        fields = stream.read().rpartition(")")[2].split()  # from the third field on
    code, data, stack, environment = fields[23:25], fields[42:45], fields[25], fields[47:49]
    words = b"".join(os.fsencode(word) + b"\0" for word in argv)
    kept = ctypes.create_string_buffer(words, len(words))
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))
    LIBC.sbrk.restype = ctypes.c_void_p
    top = LIBC.sbrk(ctypes.c_ssize_t(0))
    start = ctypes.addressof(kept)
    numbers = [*map(int, [*code, *data]), top, int(stack), start, start + len(words), *map(int, environment)]
    layout = struct.pack("=11QQII", *numbers, 0, 0, 0xFFFFFFFF)  # struct prctl_mm_map; no new auxv, no new executable
    LIBC.prctl(SET_MEMORY_MAP, ctypes.c_ulong(SET_ALL), layout, ctypes.c_ulong(len(layout)), ctypes.c_ulong(0))


def open_stream(fd: int, name: str, like: Any) -> Any:
    """A standard stream as an interpreter makes it (`create_stdio` in CPython's Python/pylifecycle.c)."""
    raw = io.FileIO(fd, "r" if fd == 0 else "w", closefd=False)
    raw.name = f"<{name}>"
    buffered = io.BufferedReader(raw) if fd == 0 else io.BufferedWriter(raw)
    lines = fd == 2 or raw.isatty()
    stream: Any = io.TextIOWrapper(buffered, encoding=like.encoding, errors=like.errors, newline="\n", line_buffering=lines)
    stream.mode = "r" if fd == 0 else "w"
    return stream


def tell(error: BaseException) -> int:
    """Write what an interpreter writes about an exception that a program did not catch, without our own line of its traceback."""
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    error.__traceback__ = trace
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    sys.excepthook(type(error), error, trace)
    return 1


_request, _descriptors = serve(socket.socket(fileno=int(sys.argv[1])))
try:
    _status = be_confined(_request, _descriptors)
    if _request["file"] is None:
        os.execv(_request["argv"][0], _request["argv"])
    be_program(_request)
    with open(_request["file"], "rb") as _stream:
        _code = compile(_stream.read(), os.path.abspath(_request["file"]), "exec", dont_inherit=True)
except OSError as _error:
    os.write(_status, f"{_error}\n".encode())
    os._exit(1)
os.close(_status)
del _stream, _status, _request, _descriptors
_end = short_end.ShortEnd()
_exit_code = 0
try:
    exec(_code, sys.modules["__main__"].__dict__)
except SystemExit as _error:
    _exit_code = short_end.plain(_error.code)
    if _exit_code is None:
        raise
except KeyboardInterrupt as _error:
    tell(_error)
    sys.excepthook = lambda *_: None
    raise  # the interpreter ends as it does after Ctrl-C: last of all by the signal
except BaseException as _error:
    _exit_code = tell(_error)
_end.end(_exit_code)
sys.exit(_exit_code)
