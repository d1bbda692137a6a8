"""Portable mode only: Python loads this before a student's program. Well-known ports lead to this session's own servers.

A small file per port in the folder $GRADER_PORTS holds the real port. Connections to anything but this machine are
refused. Patched lazily, when the program imports `socket`. Only the standard library in here,
and no confinement: a program can get around it.
"""

import os
import sys
import types
from typing import Any

FOLDER = os.environ.get("GRADER_PORTS", "")
NAMES = {"time.nist.gov", "localhost", "127.0.0.1", "::1", "", "0.0.0.0", "::"}


def real_port(port: Any) -> int | None:
    try:
        with open(os.path.join(FOLDER, str(int(port)))) as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def remember(port: int, real: int) -> None:
    temporary = os.path.join(FOLDER, "." + str(os.getpid()) + "." + str(port))
    with open(temporary, "w") as file:
        file.write(str(real))
    os.replace(temporary, os.path.join(FOLDER, str(port)))


def patch(socket: Any) -> None:
    original = socket.socket
    look_up = socket.getaddrinfo

    def local(address: Any) -> tuple[str, int]:
        """The address that a connection really goes to; raises what an unreachable network or a closed port raises."""
        host, port = address[0], address[1]
        if host not in NAMES and not str(host).startswith("127."):
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

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host in ("time.nist.gov", b"time.nist.gov"):
            host = "127.0.0.1"
        return look_up(host, port, *args, **kwargs)

    def gethostbyname(host: str) -> str:
        return "127.0.0.1" if host in NAMES else str(socket.inet_ntoa(socket.inet_aton(host)))

    socket.socket = socket.SocketType = Socket
    socket.getaddrinfo = getaddrinfo
    socket.gethostbyname = gethostbyname


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
