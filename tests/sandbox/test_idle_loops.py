"""What a submission's text proves of the loops in it, and what it does not."""

from __future__ import annotations

import pytest

from grader.sandbox.idle_loops import IdleLoops, find_idle_loops

SERVER = "import socketserver\nsocketserver.TCPServer(('', 9000), socketserver.BaseRequestHandler).serve_forever()\n"
SLEEPS = "import time\nwhile True:\n    time.sleep(0.1)\n"


def loops(source: str, **others: str) -> IdleLoops:
    files = {"p.py": source, **{f"{name}.py": text for name, text in others.items()}}
    return find_idle_loops({name: text.encode() for name, text in files.items()})


@pytest.mark.parametrize(
    "source",
    [
        SERVER,
        "from http.server import *\nHTTPServer(('', 8080), SimpleHTTPRequestHandler).serve_forever(poll_interval=0.1)\n",
        SERVER + "import os, re, sqlite3, threading\nre.compile('a')\nos.path.exists('b')\n",
    ],
)
def test_serve_forever_does_nothing_until_a_client_comes(source: str) -> None:
    assert loops(source).serves


@pytest.mark.parametrize(
    "more",
    [
        "import select\n",
        "from selectors import DefaultSelector\n",
        "import subprocess\n",
        "from concurrent.futures import ProcessPoolExecutor\n",
        "from os import *\n",
        "import os\nos.fork()\n",
        "import os\nos.system('x')\n",
        "import os\nos.posix_spawn('x', [], {})\n",
        "class Server(socketserver.TCPServer):\n    def service_actions(self):\n        pass\n",
        "socketserver.BaseServer.service_actions = print\n",
        "socketserver.ForkingTCPServer\n",
        "while True:\n    server.handle_request()\n",
        "setattr(socketserver.BaseServer, 'service_' + 'actions', print)\n",
        "exec('import select')\n",
        "import sys\nsys.addaudithook(print)\n",
        "import ctypes\n",
        "import signal\n",
        "class Late:\n    def __del__(self):\n        print()\n",
    ],
)
def test_what_may_run_at_a_turn_of_serve_forever_proves_nothing(more: str) -> None:
    assert loops(SERVER + more) == IdleLoops()


def test_a_module_of_the_students_own_is_read_too() -> None:
    assert loops("import helper\n" + SERVER, helper="import json\n").serves
    assert not loops("import helper\n" + SERVER, helper="import select\n").serves


def test_a_file_called_as_a_module_of_python_proves_nothing() -> None:
    assert not loops(SERVER, socketserver="def serve_forever():\n    pass\n").serves


def test_a_file_that_python_refuses_runs_nothing() -> None:
    assert loops(SERVER, other="import select\n  x = (\n").serves


def test_a_file_that_nobody_can_read_proves_nothing() -> None:
    assert find_idle_loops({"p.py": SERVER.encode(), "q.py": b"import time\0"}) == IdleLoops()


@pytest.mark.parametrize(
    "source",
    [
        SLEEPS,
        "from time import sleep\nwhile 1:\n    sleep(5)\n    sleep(1)\n",
        "import threading, time as time\ntime.time()\ntry:\n    while True:\n        time.sleep(1)\nexcept KeyboardInterrupt:\n"
        "    print('bye')\n",
    ],
)
def test_a_loop_that_only_sleeps(source: str) -> None:
    assert loops(source.replace(" as time", "")).sleeps


@pytest.mark.parametrize(
    "source",
    [
        SLEEPS + "time.sleep(1)\n",
        "import time\nfor _ in range(9):\n    time.sleep(1)\n",
        "import time\nwhile not done:\n    time.sleep(1)\n",
        "import time\nwhile 0:\n    time.sleep(1)\n",
        "import time\nwhile True:\n    time.sleep(1)\n    look()\n",
        "import time\nwhile True:\n    time.sleep(next(pauses))\n",
        "import time\nwhile True:\n    time.sleep(1)\n    break\n",
        "import time\nwhile True:\n    if late():\n        break\n    time.sleep(1)\n",
        SLEEPS + "nap = time.sleep\nnap(1)\n",
        SLEEPS + "time.sleep = print\n",
        SLEEPS + "from time import sleep as nap\nnap(1)\n",
        SLEEPS + "import time as clock\nclock.sleep(1)\n",
        SLEEPS + "import random as time\n",
        SLEEPS + "import threading as sleep\n",
        SLEEPS + "def sleep(seconds):\n    raise SystemExit\n",
        SLEEPS + "def f(time):\n    time.sleep(1)\n",
        SLEEPS + "import asyncio\nasyncio.run(asyncio.sleep(1))\n",
        SLEEPS + "import sqlite3\n",
        "print('no sleep at all')\n",
    ],
)
def test_a_loop_that_may_do_more_than_sleep_proves_nothing(source: str) -> None:
    assert not loops(source).sleeps
