"""Runs on the student's side: import a module of the student's, call functions of it, hand the results back as plain data.

usage: python call.py REQUEST_FD RESULT_FD. The request is one JSON document {module, calls: [[function, arguments], …], caught,
receive, most: {parts, depth, bits, traceback: characters}}; so is the answer: {"answers": […]} with {"value": …} for each call,
or {"lost": true} where it raised the module's exception `caught`; {"missing": function} or {"raised": {type, text, file, line,
source, traceback}} if a call went wrong. A socket on which `caught` was raised is used no more: further calls on it get the
same answer. With `receive` the answer is followed by plain recv() calls on the first socket, without end: somebody looks from
outside at how long they wait. Plain JSON goes as it is, other data as {"$bytes": hex}, {"$datetime": ISO text with offset},
{"$dict": [[key, value], …]}. Only the standard library in here.

The student's code runs in the same process. What it could put in the place of ours is kept out of its easy reach: what makes the
arguments is taken before the module is loaded, and the module `__main__` is an empty one.
"""

import contextlib
import datetime
import importlib.util
import json
import math
import os
import sys
import traceback
import types
from typing import Any


def main() -> None:
    request_fd, result_fd = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(request_fd, "rb") as stream:
        text = stream.read().decode()
    request, arguments = json.loads(text), Arguments(text)
    path = os.path.join(os.getcwd(), request["module"] + ".py")
    sys.argv = [path]
    sys.path[0] = os.getcwd()
    sys.modules["__main__"] = types.ModuleType("__main__")
    answer = answer_to(request, path, arguments)
    flush_quietly()
    with os.fdopen(result_fd, "wb") as stream:
        stream.write(json.dumps(answer).encode())
        stream.flush()
    if request["receive"] and "answers" in answer:
        arguments.receive()
    os._exit(0)  # threads that the module started must not hold up the answer


def flush_quietly() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def answer_to(request: Any, path: str, arguments: "Arguments") -> dict[str, Any]:
    answers: list[dict[str, Any]] = []
    encoder = Encoder(request["most"])
    try:
        module = load(request["module"], path)
        caught = exception_of(module, request["caught"])
        try:
            for name, values in request["calls"]:
                function = getattr(module, name, None)
                if not callable(function):
                    return {"missing": name}
                if arguments.are_lost(values):
                    answers.append({"lost": True})
                    continue
                try:
                    answers.append({"value": encoder.encode(function(*arguments.decode(values)))})
                except caught:
                    answers.append({"lost": True})
                    arguments.lose(values)
            if request["receive"]:
                answers.append({"value": arguments.timeout()})
        finally:
            if not request["receive"]:
                arguments.close()
        return {"answers": answers}
    except BaseException as error:  # SystemExit and KeyboardInterrupt of the student's code are answers too
        return {"raised": describe(error, request["most"]["traceback"])}


def exception_of(module: types.ModuleType, name: Any) -> Any:
    """The module's exception of that name; none for one that is every exception."""
    found = getattr(module, name, None) if name else None
    return found if isinstance(found, type) and found not in (BaseException, Exception) else ()


def load(name: str, path: str) -> types.ModuleType:
    """Import the module; one that runs on import and ends itself with sys.exit() is still a module with functions."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # so it is for every path that ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with contextlib.suppress(SystemExit):
        spec.loader.exec_module(module)
    return module


class Arguments:
    """The arguments of all calls, and what was opened for them."""

    def __init__(self, request: str) -> None:
        self.opened: dict[str, Any] = {}
        self.lost: set[str] = set()
        if '"$database"' in request or '"$row"' in request:
            import sqlite3

            self.open_database, self.row = sqlite3.connect, sqlite3.Row
        if '"$socket"' in request:
            import _socket
            import socket

            self.open_socket, self.plain_socket = socket.create_connection, _socket.socket

    def decode(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        ((kind, content),) = value.items()
        if kind == "$bytes":
            return bytes.fromhex(content)
        if kind == "$tuple":
            return tuple(self.decode(item) for item in content)
        if kind == "$datetime":
            return datetime.datetime.fromisoformat(content)
        if kind == "$dict":
            return {self.decode(key): self.decode(item) for key, item in content}
        if kind == "$row":
            connection = self.open_database(":memory:")
            connection.row_factory = self.row
            columns = ", ".join('? AS "' + name.replace('"', '""') + '"' for name, _ in content)
            return connection.execute("SELECT " + columns, [item for _, item in content]).fetchone()
        key = json.dumps(value)
        if key not in self.opened:
            self.opened[key] = self.open(kind, content)
        return self.opened[key]

    def open(self, kind: str, content: Any) -> Any:
        if kind == "$database":
            return self.open_database(content)
        if kind == "$socket":
            port, timeout, _ = content
            opened = self.open_socket(("127.0.0.1", port))
            opened.settimeout(timeout)
            return opened
        raise ValueError("unknown argument " + kind)

    def lose(self, values: list[Any]) -> None:
        self.lost |= {json.dumps(value) for value in values if isinstance(value, dict)}

    def are_lost(self, values: list[Any]) -> bool:
        return any(json.dumps(value) in self.lost for value in values if isinstance(value, dict))

    def close(self) -> None:
        """A database is committed whoever else did, so that what a function wrote is what is looked at."""
        for resource in self.opened.values():
            with contextlib.suppress(Exception):  # the student's code closed it already
                if hasattr(resource, "commit"):
                    resource.commit()
                resource.close()

    def timeout(self) -> Any:
        """The time limit of the first socket, by its own word."""
        return self.plain_socket.gettimeout(next(iter(self.opened.values())))

    def receive(self) -> None:
        """Wait in plain recv() calls on the first socket, whatever the program has made of its class."""
        receive = self.plain_socket.recv
        first = next(iter(self.opened.values()))
        while True:
            try:
                receive(first, 1)
            except TimeoutError:
                continue
            except OSError:
                return


class Encoder:
    """Makes plain data of all that the functions return: `most` tells how many parts, how deep, and numbers of how many bits."""

    def __init__(self, most: dict[str, int]) -> None:
        self.most = most
        self.parts = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        self.parts += 1
        if depth > self.most["depth"]:
            raise ValueError(f"the result is nested more than {self.most['depth']} deep")
        if self.parts > self.most["parts"]:
            raise ValueError(f"the result has more than {self.most['parts']} parts")
        if value is None or isinstance(value, (bool, str)):
            return value if not isinstance(value, str) else str(value)
        if isinstance(value, int):
            if int(value).bit_length() > self.most["bits"]:
                raise ValueError("the result is a number of thousands of digits")
            return int(value)
        if isinstance(value, float) and math.isfinite(value):  # one that is no number is not even equal to itself
            return float(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return {"$bytes": bytes(value).hex()}
        if isinstance(value, datetime.datetime):
            return {"$datetime": fixed_offset(value).isoformat()}
        if isinstance(value, dict):
            return {"$dict": [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in value.items()]}
        try:
            items = iter(value)
        except TypeError:
            return {"$other": f"{type(value).__name__}: {repr(value)[:200]}"}
        return [self.encode(item, depth + 1) for item in items]


def fixed_offset(moment: datetime.datetime) -> datetime.datetime:
    """A moment is an instant and an offset; which tzinfo class said so does not matter."""
    offset = moment.utcoffset()
    return moment.replace(tzinfo=None if offset is None else datetime.timezone(offset))


def describe(error: BaseException, most: int) -> dict[str, Any]:
    """Name the innermost line of the student's own code on the error's way."""
    own = os.getcwd() + os.sep
    described: dict[str, Any] = {"type": type(error).__name__, "text": str(error)[:500], "file": "", "line": 0, "source": ""}
    described["traceback"] = "".join(traceback.format_exception(error))[-most:]
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(own):
            described.update(file=frame.filename[len(own) :], line=frame.lineno or 0, source=frame.line or "")
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(own):
        described.update(file=error.filename[len(own) :], line=error.lineno or 0, source=(error.text or "").strip())
    return described


main()
