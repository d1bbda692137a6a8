"""Portable mode only: Python loads this before a student's program. Well-known ports lead to this session's own servers.

A small file per port in the folder $GRADER_PORTS holds the real port. Connections to anything but this machine are
refused. Patched lazily, when the program imports `socket`. Only the standard library in here,
and no confinement: a program can get around it.

With GRADER_REPLAY=1 a person has started the program: then files `started.PID`, `printed.PID.1`, `printed.PID.2` and `exit.PID`
in the same folder tell the grader what it sees by itself of a program that it starts. While there is a file `waiting`, the grader
has not found the program yet.
"""

import io
import os
import sys
import time
import types
from typing import Any

FOLDER = os.environ.get("GRADER_PORTS", "")
LONGEST_WAIT = 5.0  # seconds; only a program that the grader does not wait for takes so long
HERE = {"localhost", "127.0.0.1", "::1", "", "0.0.0.0", "::"}


def addresses() -> set[str]:
    """Names of the world that are addresses of this machine while the program is graded."""
    try:
        with open(os.path.join(FOLDER, "addresses")) as file:
            return set(file.read().split())
    except OSError:
        return set()


def real_port(port: Any) -> int | None:
    try:
        with open(os.path.join(FOLDER, str(int(port)))) as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def remember(port: int, real: int) -> None:
    leave(str(port), str(real))


def leave(name: str, text: str) -> None:
    """Put a file into the folder; whoever looks sees all of it or nothing."""
    temporary = os.path.join(FOLDER, "." + str(os.getpid()) + "." + name)
    with open(temporary, "w", errors="surrogateescape") as file:
        file.write(text)
    os.replace(temporary, os.path.join(FOLDER, name))


def patch(socket: Any) -> None:
    ours = addresses()
    socket.socket = socket.SocketType = redirected(socket, ours)
    socket.getaddrinfo, socket.gethostbyname = look_ups(socket, ours)


def redirected(socket: Any, ours: set[str]) -> Any:
    """A socket class that goes to the real ports, and to this machine alone."""
    original = socket.socket

    def local(address: Any) -> tuple[str, int]:
        """The address that a connection really goes to; raises what an unreachable network or a closed port raises."""
        host, port = address[0], address[1]
        if host not in HERE | ours and not str(host).startswith("127."):
            raise OSError(101, "Network is unreachable")
        real = real_port(port)
        if real is None:
            raise ConnectionRefusedError(111, "Connection refused")
        return ("127.0.0.1", real)

    def is_internet(self: Any, address: Any) -> bool:
        return isinstance(address, tuple) and self.family in (socket.AF_INET, socket.AF_INET6)

    class Socket(original):  # type: ignore[misc, valid-type]  # the class is only known when this runs
        def connect(self, address: Any) -> Any:
            return super().connect(self._mapped(address))

        def connect_ex(self, address: Any) -> Any:
            try:
                mapped = self._mapped(address)
            except OSError as error:
                return error.errno
            return super().connect_ex(mapped)

        def _mapped(self, address: Any) -> Any:
            if not is_internet(self, address):
                return address
            mapped = local(address)
            return ("::ffff:127.0.0.1", mapped[1]) if self.family == socket.AF_INET6 else mapped

        def bind(self, address: Any) -> Any:
            if not is_internet(self, address) or not address[1]:
                return super().bind(address)
            wanted = address[1]
            super().bind((address[0], 0, *address[2:]))
            remember(wanted, original.getsockname(self)[1])

    return Socket


def look_ups(socket: Any, ours: set[str]) -> tuple[Any, Any]:
    """`getaddrinfo` and `gethostbyname` for which names of the world are addresses of this machine."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if (host.decode() if isinstance(host, bytes) else host) in ours:
            host = "127.0.0.1"
        return look_up(host, port, *args, **kwargs)

    def gethostbyname(host: str) -> str:
        return "127.0.0.1" if host in HERE | ours else str(socket.inet_ntoa(socket.inet_aton(host)))

    return getaddrinfo, gethostbyname


class Copied(io.RawIOBase):
    """A descriptor whose data go into a file of the folder, too."""

    def __init__(self, number: int) -> None:
        self._own = os.dup(number)  # not the number itself: input() would go around Python's stdout to write its prompt
        name = "printed." + str(os.getpid()) + "." + str(number)
        self._copy = os.open(os.path.join(FOLDER, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._own

    def isatty(self) -> bool:
        return os.isatty(self._own)

    def write(self, data: Any) -> int:
        written = os.write(self._own, data)
        os.write(self._copy, bytes(data)[:written])
        return written


def copied(stream: Any, number: int) -> Any:
    buffer = io.BufferedWriter(Copied(number))
    line, through = stream.line_buffering, stream.write_through
    return io.TextIOWrapper(buffer, stream.encoding, stream.errors, line_buffering=line, write_through=through)


def tell_the_grader() -> None:
    """Say which process this is, and from now on what it prints and how it ends."""
    name = "exit." + str(os.getpid())
    show, leave_program = sys.excepthook, sys.exit

    def excepthook(kind: Any, error: Any, trace: Any) -> None:
        leave(name, "130" if issubclass(kind, KeyboardInterrupt) else "1")
        show(kind, error, trace)

    def exit(code: Any = None) -> Any:
        leave(name, str(code if isinstance(code, int) else 0 if code is None else 1))
        leave_program(code)

    sys.excepthook, sys.exit = excepthook, exit
    if "pdb" not in sys.orig_argv:  # what a debugger says is not what the program prints
        sys.stdout, sys.stderr = copied(sys.stdout, 1), copied(sys.stderr, 2)
    leave("started." + str(os.getpid()), "\0".join(sys.orig_argv))
    until = time.monotonic() + LONGEST_WAIT
    while os.path.exists(os.path.join(FOLDER, "waiting")) and time.monotonic() < until:
        time.sleep(0.005)  # a short program would be over before the grader has found it


class PatchOnImport:
    """Finds nothing itself: lets the usual finders load `socket`, then patches it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "socket":
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec: Any = importlib.util.find_spec("socket")
        load = spec.loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            load(module)
            patch(module)

        spec.loader.exec_module = exec_module
        return spec


if FOLDER and "socket" not in sys.modules:
    sys.meta_path.insert(0, PatchOnImport())
elif FOLDER:
    patch(sys.modules["socket"])

if FOLDER and os.environ.get("GRADER_REPLAY") == "1":
    tell_the_grader()
