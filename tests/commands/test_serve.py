"""Tests of `grader.commands.serve`, in a process of its own as `grader serve` has it."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from grader.commands.serve import serve
from grader.errors import UsageError
from grader.protocols.daytime import parse_line
from tests.servers.conftest import PATIENCE, read_all


class Served:
    """A running `serve`, and what it printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed = ""
        self.port = int(self.read_until(r"listens on 127\.0\.0\.1, port (\d+)")[1])

    def read_until(self, pattern: str) -> re.Match[str]:
        assert self.process.stdout is not None
        while (found := re.search(pattern, self.printed)) is None:
            line = self.process.stdout.readline()
            assert line, self.printed
            self.printed += line
        return found

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@contextmanager
def serving(*arguments: object) -> Iterator[Served]:
    program = f"from grader.commands.serve import serve; serve(*{arguments!r})"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        watchdog = threading.Timer(PATIENCE, process.kill)  # its lines are read without a time limit
        watchdog.start()
        try:
            served = Served(process)
            yield served
            process.send_signal(signal.SIGINT)
            served.read_until("Stopped.")
            assert process.wait(PATIENCE) == 0
        finally:
            watchdog.cancel()
            process.kill()


def test_daytime_tells_the_present_time() -> None:
    with serving("daytime", 0) as served:
        served.read_until("instead of time.nist.gov, port 13")
        with served.dial() as client:
            daytime = parse_line(b"".join(read_all(client)).decode())
        assert abs((daytime.moment - datetime.now(UTC)).total_seconds()) < 60
        served.read_until(r"-> sent \\n\d{5} .* UTC\(NIST\) \* \\n")


def test_daytime_tells_a_given_line() -> None:
    with serving("daytime", 0, "what o'clock?") as served, served.dial() as client:
        assert b"".join(read_all(client)) == b"\nwhat o'clock? \n"


def test_only_the_port_to_use_is_named() -> None:
    with serving("web", 0) as served:
        served.dial().close()
    said = re.findall(r"port (\d+)", served.printed)
    assert set(said) == {str(served.port)}


def test_echo_shows_what_comes_and_goes() -> None:
    with serving("echo", 0) as served:
        with served.dial() as client:
            client.sendall(b"hello\n")
            assert client.recv(100) == b"hello\n"
        served.read_until(r"<- received hello\\n")
        served.read_until(r"-> sent hello\\n")


def test_chat_and_web_answer() -> None:
    with serving("chat", 0) as served, served.dial() as client:
        client.sendall(b"ADD Ann\n")
        assert client.recv(100) == b"NEW Ann\n"
    with serving("web", 0) as served, served.dial() as client:
        client.sendall(b"GET /pyproject.toml/none HTTP/1.0\r\n\r\n")
        assert read_all(client)[0].startswith(b"HTTP/1.0 404 ")


def test_a_port_in_use_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=rf"^Port {port} is in use by another program; .*\.$"):
            serve("echo", port)


def test_wrong_words_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="There is no server 'ftp'; there are daytime, echo, chat, web"):
        serve("ftp", 0)
    with pytest.raises(UsageError, match="--line"):
        serve("echo", 0, "hello")
