"""`grader serve`: one server to play with by hand, and its transcript on the terminal. No command line in here."""

from __future__ import annotations

import errno
import random
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime

from grader.errors import CannotGrade, UsageError
from grader.events.ration import without_end
from grader.events.transcript import Transcript
from grader.reports.text import visible
from grader.servers.catalogue import for_people
from grader.servers.loop import LoopThread
from grader.servers.server import Server

_PATIENCE = 60.0
_SHOWN = 300
_LOOK_SECONDS = 1.0
_SAID = ("listens on", "stopped listening")
"""Entries that name the port which students' programs use; a person has been told the one to use."""


def serve(kind: str, port: int | None = None, line: str | None = None) -> None:
    """Serve on this machine alone, and print what happens, until Ctrl-C.

    `port` None is the usual one, 0 any free one. `line` is what the daytime server answers instead of the present time. Raises
    UsageError for an unknown kind, for a line without a daytime server, and for a port that cannot be had.
    """
    known = for_people()
    if kind not in known:
        raise UsageError(f"There is no server {kind!r}; there are {', '.join(known)}.")
    make = known[kind]
    if line is not None and not make.takes_line:
        raise UsageError(f"--line goes only with {', '.join(name for name, other in known.items() if other.takes_line)}.")
    if port is None:
        port = _usual_port(make)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    loop = LoopThread()
    loop.start()
    ports = _OnePort(port)
    server = make(loop, _LiveTranscript(), ports, _PATIENCE, random.Random())
    try:
        server.start_for_a_person(line)
        print(f"The {kind} server listens on 127.0.0.1, port {ports.real}. Stop it with Ctrl-C.", flush=True)
        if make.free_port and ports.real != make.port:
            print(
                f"(Port {make.port} is for programs with more rights. To try yours, let it connect to 127.0.0.1, "
                f"port {ports.real}, instead of {make.real_address}, port {make.port}.)",
                flush=True,
            )
        while True:  # a Ctrl-C that comes just before a wait without an end would be heard after it
            threading.Event().wait(_LOOK_SECONDS)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    except CannotGrade as error:
        raise UsageError(_why_not(port, error)) from error
    finally:
        server.close()
        loop.close()


def _usual_port(kind: type[Server]) -> int:
    """The port that students' programs use, or another one where only an administrator may use that."""
    port = kind.port
    if not kind.free_port:
        return port
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except PermissionError:
            return kind.free_port
        except OSError:
            pass  # somebody has it: the server says so when it starts
    return port


def _why_not(port: int, error: CannotGrade) -> str:
    problem = error.__cause__
    if isinstance(problem, PermissionError):
        return f"Port {port} needs more rights than you have; choose a free one above 1023 with --port."
    if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program; stop that program, or choose another port with --port."
    return f"Port {port} cannot be used: {problem}."


class _OnePort:
    """The ports of a server that is played with: the one that was asked for."""

    def __init__(self, port: int) -> None:
        self._asked = port
        self.real = port

    def bind_port(self, port: int) -> int:
        return self._asked

    def bound(self, port: int, real: int) -> None:
        self.real = real or self.real

    def connect_port(self, port: int) -> int:
        return self.real


class _LiveTranscript(Transcript):
    """Prints each entry as it comes."""

    def __init__(self) -> None:
        super().__init__()
        self.ration = without_end()

    def record(self, who: str, what: str, data: bytes = b"", take: Callable[[], bool] | None = None) -> bool:
        if not super().record(who, what, data, take):
            return False
        if what.startswith(_SAID):
            return True
        arrow = "->" if what.startswith("sent") else "<-" if what.startswith("received") else "  "
        more = f" … ({len(data) - _SHOWN:,} more bytes)" if len(data) > _SHOWN else ""
        shown = f" {visible(data[:_SHOWN])}{more}" if data else ""
        print(f"{datetime.now():%H:%M:%S} {arrow} {what}{shown}", flush=True)
        return True
