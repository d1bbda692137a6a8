"""Runs on the student's side: import a module of the student's, call one function, hand the result back as plain data.

usage: python call.py REQUEST_FD RESULT_FD. The request is one JSON document {module, function, arguments}, the answer another:
{"value": …}, {"missing": sentence} or {"raised": {type, text, file, line, source, traceback}}. Plain JSON goes as it is, others
as {"$bytes": hex}, {"$datetime": ISO text with offset}, {"$dict": [[key, value], …]}. Only the standard library in here.
"""

import contextlib
import datetime
import importlib.util
import json
import os
import sys
import traceback
import types
from typing import Any

MOST_ITEMS = 100_000
MOST_BITS = 10_000  # of a whole number
MOST_DEPTH = 50
MOST_TRACEBACK = 100_000  # characters


def main() -> None:
    request_fd, result_fd = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(request_fd, "rb") as stream:
        request = json.load(stream)
    path = os.path.join(os.getcwd(), request["module"] + ".py")
    sys.argv = [path]
    sys.path[0] = os.getcwd()
    answer = answer_to(request, path)
    flush_quietly()
    with os.fdopen(result_fd, "wb") as stream:
        stream.write(json.dumps(answer).encode())
        stream.flush()
    os._exit(0)  # threads that the module started must not hold up the answer


def flush_quietly() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def answer_to(request: Any, path: str) -> dict[str, Any]:
    try:
        module = load(request["module"], path)
        function = getattr(module, request["function"], None)
        if not callable(function):
            return {"missing": f"there is no function {request['function']}() in {os.path.basename(path)}"}
        return {"value": call(function, request["arguments"])}
    except BaseException as error:  # SystemExit and KeyboardInterrupt of the student's code are answers too
        return {"raised": describe(error)}


def load(name: str, path: str) -> types.ModuleType:
    """Import the module; one that runs on import and ends itself with sys.exit() is still a module with functions."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # so it is for every path that ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with contextlib.suppress(SystemExit):
        spec.loader.exec_module(module)
    return module


def call(function: Any, arguments: list[Any]) -> Any:
    opened: list[Any] = []
    try:
        value = function(*[decode(argument, opened) for argument in arguments])
        return encode(value, [MOST_ITEMS], MOST_DEPTH)
    finally:
        for resource in opened:
            close(resource)


def close(resource: Any) -> None:
    """A database is committed whoever else did, so that what a function wrote is what is looked at."""
    with contextlib.suppress(Exception):  # the student's code closed it already
        if hasattr(resource, "commit"):
            resource.commit()
        resource.close()


def decode(value: Any, opened: list[Any]) -> Any:
    if isinstance(value, list):
        return [decode(item, opened) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "$bytes":
        return bytes.fromhex(content)
    if kind == "$tuple":
        return tuple(decode(item, opened) for item in content)
    if kind == "$datetime":
        return datetime.datetime.fromisoformat(content)
    if kind == "$dict":
        return {decode(key, opened): decode(item, opened) for key, item in content}
    if kind == "$database":
        import sqlite3

        opened.append(sqlite3.connect(content))
        return opened[-1]
    if kind == "$socket":
        import socket

        opened.append(socket.create_connection(("127.0.0.1", content)))
        return opened[-1]
    raise ValueError("unknown argument " + kind)


def encode(value: Any, budget: list[int], depth: int) -> Any:
    budget[0] -= 1
    if depth < 0:
        raise ValueError(f"the result is nested more than {MOST_DEPTH} deep")
    if budget[0] < 0:
        raise ValueError(f"the result has more than {MOST_ITEMS} parts")
    if value is None or isinstance(value, (bool, str)):
        return value if not isinstance(value, str) else str(value)
    if isinstance(value, int):
        if int(value).bit_length() > MOST_BITS:
            raise ValueError("the result is a number of thousands of digits")
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": bytes(value).hex()}
    if isinstance(value, datetime.datetime):
        return {"$datetime": fixed_offset(value).isoformat()}
    if isinstance(value, dict):
        return {"$dict": [[encode(key, budget, depth - 1), encode(item, budget, depth - 1)] for key, item in value.items()]}
    try:
        items = iter(value)
    except TypeError:
        return {"$other": f"{type(value).__name__}: {repr(value)[:200]}"}
    return [encode(item, budget, depth - 1) for item in items]


def fixed_offset(moment: datetime.datetime) -> datetime.datetime:
    """A moment is an instant and an offset; which tzinfo class said so does not matter."""
    offset = moment.utcoffset()
    return moment.replace(tzinfo=None if offset is None else datetime.timezone(offset))


def describe(error: BaseException) -> dict[str, Any]:
    """Name the innermost line of the student's own code on the error's way."""
    own = os.getcwd() + os.sep
    described: dict[str, Any] = {"type": type(error).__name__, "text": str(error)[:500], "file": "", "line": 0, "source": ""}
    described["traceback"] = "".join(traceback.format_exception(error))[-MOST_TRACEBACK:]
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(own):
            described.update(file=frame.filename[len(own) :], line=frame.lineno or 0, source=frame.line or "")
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(own):
        described.update(file=error.filename[len(own) :], line=error.lineno or 0, source=(error.text or "").strip())
    return described


main()
