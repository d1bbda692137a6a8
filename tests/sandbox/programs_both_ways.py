"""Programs that show what a program can see of its interpreter: run by a launcher they must show what a new interpreter shows.

`files` are in the folder, `p.py` is started; `typed` goes to its standard input. What differs from run to run by nature is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.sandbox.forkable import INDIFFERENT


@dataclass(frozen=True)
class Both:
    """A program that is run both ways."""

    text: str
    forked: bool = True
    """Whether the launcher may fork it; the others get an interpreter of their own from it."""
    words: tuple[str, ...] = ()
    typed: bytes = b""
    terminal: bool = False
    others: dict[str, str] = field(default_factory=dict)


PROGRAMS = {
    "hello": Both("print('hello')"),
    "its module": Both("print(sorted(globals()), __name__, __file__, __doc__, __package__, __spec__, __annotations__)"),
    "its doc": Both("'''Doc'''\nprint(__doc__)"),
    "annotations": Both("x: int = 3\nprint(__annotations__)"),
    "loader": Both("import sys\nprint(type(sys.modules['__main__'].__loader__), __loader__.path, __cached__)", forked=False),
    "arguments": Both("import sys\nprint(sys.argv, sys.orig_argv[1:], sys.path)", words=("-a", "b c")),
    "flags": Both("import sys\nprint(sys.flags, sys.warnoptions, sys.executable, sys.prefix, sys.dont_write_bytecode)"),
    "folder": Both("import os\nprint(os.getcwd(), os.listdir(), os.path.abspath('x'), os.sep)"),
    "environment": Both("import os\nprint(sorted(os.environ.items()))"),
    "who": Both("import os\nprint(os.getuid(), os.getgid(), os.geteuid(), os.getpid(), os.getppid(), os.getgroups(), os.uname().nodename)"),
    "session": Both("import os\nprint(os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid())"),
    "umask": Both("import os\nprint(os.umask(0), os.nice(0), os.sched_getaffinity(0) == {0, 1} or True)", forked=False),
    "descriptors": Both("import os\nprint(sorted(int(n) for n in os.listdir('/dev/fd'))[:-1])"),
    "limits": Both("import resource as r\nprint([r.getrlimit(getattr(r, n)) for n in dir(r) if n.startswith('RLIMIT')])", forked=False),
    "loaded modules": Both("import sys\nprint(sorted(sys.modules))", forked=False),
    "loaded modules by name": Both("import sys, json\nprint(sorted(vars(sys)['mod' + 'ules']))"),
    "a submodule it has not imported": Both("import concurrent\ntry:\n    concurrent.futures\nexcept AttributeError as e:\n    print(e)"),
    "imported late": Both("import importlib\nprint(importlib.import_module('json').dumps([1]))", forked=False),
    "own modules": Both("import helper\nprint(helper.answer(), helper.__file__)", others={"helper.py": "def answer(): return 42"}),
    "own package": Both("from pack import inner\nprint(inner.x)", others={"pack/__init__.py": "", "pack/inner.py": "x = 1"}),
    "own json": Both("import json\nprint(json.x)", forked=False, others={"json.py": "x = 'mine'"}),
    "own json as a package": Both("import json\nprint(json.x)", forked=False, others={"json/__init__.py": "x = 'mine'"}),
    "exit 3": Both("import sys\nsys.exit(3)"),
    "exit with a text": Both("import sys\nsys.exit('no luck')"),
    "exit with a list": Both("raise SystemExit([1, 2])"),
    "exit none": Both("quit()"),
    "exit 300": Both("raise SystemExit(300)"),
    "os._exit": Both("import os\nprint('lost?', end='')\nos._exit(4)"),
    "crash": Both("def f(x):\n    return 1 / x\n\nprint('before')\nf(0)"),
    "crash in an own module": Both("import helper\nhelper.f()", others={"helper.py": "def f():\n    raise ValueError('ä')"}),
    "chained crash": Both("try:\n    {}['a']\nexcept KeyError as e:\n    raise RuntimeError('x') from e"),
    "crash while handling": Both("try:\n    {}['a']\nexcept KeyError:\n    int('x')"),
    "exception group": Both("raise ExceptionGroup('g', [ValueError(1), TypeError(2)])"),
    "a note": Both("e = ValueError('x')\ne.add_note('look here')\nraise e"),
    "own exception": Both("class Broken(Exception):\n    def __str__(self): return 'so broken'\nraise Broken"),
    "exception without words": Both("class E(Exception):\n    def __str__(self): raise E\nraise E"),
    "syntax error": Both("print('x'", forked=False),
    "tabs": Both("if 1:\n\tx = 1\n        y = 2\n", forked=False),
    "late syntax error": Both("import helper", forked=False, others={"helper.py": "def f(:\n"}),
    "bad encoding": Both("# caf\udce9\nprint(1)", forked=False),
    "latin-1": Both("# -*- coding: latin-1 -*-\nprint(ascii('caf\udce9'))"),
    "byte order mark": Both("\ufeffprint('bom', __file__)"),
    "windows lines": Both("print('a')\r\nraise ValueError\r\n"),
    "syntax warning": Both("x = 1\nprint(x is 1, '\\d')"),
    "future": Both("from __future__ import annotations\ndef f(x: nothing): return x\nprint(f.__annotations__)"),
    "recursion": Both("def f(n):\n    return f(n + 1)\nf(0)"),
    "depth": Both("def f(n):\n    try:\n        return f(n + 1)\n    except RecursionError:\n        return n\nprint(f(0))"),
    "depth through C": Both("def f(n):\n    try:\n        return max([n], key=lambda n: f(n + 1))\n    except RecursionError:\n        raise\ntry: f(0)\nexcept RecursionError as e: print(e)"),
    "interrupted": Both("import os, signal, atexit\natexit.register(print, 'last')\nos.kill(os.getpid(), signal.SIGINT)\nimport time\ntime.sleep(5)"),
    "interrupt raised": Both("raise KeyboardInterrupt('x')"),
    "terminated": Both("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\nimport time\ntime.sleep(5)"),
    "killed": Both("import os\nprint('x', flush=True)\nos.kill(os.getpid(), 9)"),
    "aborted": Both("import os\nos.abort()", forked=False),
    "broken pipe is ignored": Both("import signal\nprint(signal.getsignal(signal.SIGPIPE), signal.getsignal(signal.SIGINT))"),
    "signals": Both("import signal\nprint([(s.name, signal.getsignal(s)) for s in sorted(signal.valid_signals()) if hasattr(s, 'name') and s.name not in ('SIGKILL', 'SIGSTOP') and not callable(signal.getsignal(s))], signal.pthread_sigmask(signal.SIG_BLOCK, []))"),
    "at exit": Both("import atexit\natexit.register(print, 'bye')\nraise ValueError"),
    "at exit with exit code": Both("import atexit, sys\natexit.register(print, 'bye')\nsys.exit(5)"),
    "thread outlives main": Both("import threading, time\ndef f():\n    time.sleep(0.1)\n    print('thread')\nthreading.Thread(target=f).start()\nprint('main')"),
    "daemon thread": Both("import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nprint('main')"),
    "thread crashes": Both("import threading\ndef f():\n    raise ValueError('in thread')\nt = threading.Thread(target=f, name='T')\nt.start()\nt.join()\nprint('main')"),
    "threads": Both("import threading\nprint(threading.current_thread(), threading.main_thread().name, threading.active_count(), threading.get_native_id())".replace("threading.current_thread(), ", "threading.current_thread().name, ")),
    "finaliser": Both("class A:\n    def __del__(self): print('del')\na = A()", forked=False),
    "streams": Both("import sys\nfor s in (sys.stdin, sys.stdout, sys.stderr):\n    print(s, s.encoding, s.errors, s.mode, s.name, s.line_buffering, s.newlines, s.isatty(), s.fileno(), s.closed, s.write_through, type(s.buffer), s.buffer.raw, s is getattr(sys, '__' + s.name[1:-1] + '__'))"),
    "streams on a terminal": Both("import sys\nfor s in (sys.stdin, sys.stdout, sys.stderr):\n    print(s, s.encoding, s.errors, s.line_buffering, s.isatty(), s.write_through)", terminal=True),
    "input": Both("print(repr(input('name? ')))\nprint(repr(input()))", typed=b"Ann\r\n\xff\n"),
    "input ends": Both("print(input())\nprint(input())", typed=b"one\n"),
    "input on a terminal": Both("print(repr(input('name? ')))", typed=b"Ann\n", terminal=True),
    "reads all": Both("import sys\nprint(repr(sys.stdin.read()), repr(sys.stdin.readline()))", typed=b"a\r\nb\xe4\n"),
    "bytes in": Both("import sys\nprint(sys.stdin.buffer.read())", typed=b"\x00\xff"),
    "odd letters out": Both("print('ä', '\\udcff')\nimport sys\nprint('\\ud800', file=sys.stderr)"),
    "unencodable": Both("print('\\ud800')"),
    "buffered": Both("import os, sys\nsys.stdout.write('buffered ')\nos.write(1, b'raw ')\nprint('x')\nos._exit(0)"),
    "closes stdout": Both("import sys\nprint('x')\nsys.stdout.close()"),
    "closes stdout below": Both("import os\nprint('x')\nos.close(1)"),
    "no stdin": Both("import sys\nsys.stdin.close()\ninput()"),
    "subprocess": Both("import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import sys; print(sys.argv, len(sys.path))', 'x'], capture_output=True))", forked=False),
    "shell": Both("import os\nprint(os.system('echo $0 $PWD; exit 3'))"),
    "fork": Both("import os, sys\nprint('once', flush=True)\npid = os.fork()\nif pid == 0:\n    sys.exit(7)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"),
    "fork crashes": Both("import os\npid = os.fork()\nif pid == 0:\n    raise ValueError('child')\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"),
    "multiprocessing fork": Both("import multiprocessing as m\ndef f(q): q.put(m.current_process().name)\nif __name__ == '__main__':\n    c = m.get_context('fork'); q = c.Queue(); p = c.Process(target=f, args=(q,)); p.start(); print(q.get()); p.join(); print(p.exitcode)", forked=False),
    "multiprocessing spawn": Both("import multiprocessing as m\ndef f(q): q.put(__name__)\nif __name__ == '__main__':\n    c = m.get_context('spawn'); q = c.Queue(); p = c.Process(target=f, args=(q,)); p.start(); print(q.get()); p.join(); print(p.exitcode)", forked=False),
    "pool of threads": Both("from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(str, range(4))))"),
    "asyncio": Both("import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    print('slept')\n    raise ValueError('async')\nasyncio.run(main())"),
    "faulthandler": Both("import faulthandler, sys\nprint(faulthandler.is_enabled())\nfaulthandler.dump_traceback(sys.stdout)", forked=False),
    "a stack": Both("import traceback\ntraceback.print_stack()", forked=False),
    "a caught traceback": Both("import logging\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception('caught')"),
    "logging": Both("import logging\nlogging.basicConfig(format='%(levelname)s %(module)s %(funcName)s %(lineno)d %(process)d %(threadName)s')\nlogging.warning('x')"),
    "pickles its own class": Both("import copy\nclass A: pass\nprint(A.__module__, A.__qualname__, copy.deepcopy(A()).__class__ is A)"),
    "dataclass and enum": Both("from dataclasses import dataclass\nfrom enum import Enum\n@dataclass\nclass P:\n    x: int\nclass C(Enum):\n    A = 1\nprint(P(1), C.A)"),
    "processor time": Both("import time\nprint(time.process_time() < 1, time.thread_time() < 1, time.tzname, time.timezone)"),
    "garbage": Both("import gc\nprint(gc.isenabled(), gc.get_threshold())", forked=False),
    "module without file": Both("import sys\nprint(hasattr(sys, 'ps1'), sys.stdlib_module_names >= {'json'}, hasattr(sys, 'last_type'))"),
    "network": Both("import socket\ns = socket.create_server(('127.0.0.1', 0))\nc = socket.create_connection(s.getsockname())\nc.sendall(b'x')\nprint(s.accept()[0].recv(1), socket.gethostname(), socket.gethostbyname('localhost'), socket.getdefaulttimeout())"),
    "database": Both("import sqlite3, os\nc = sqlite3.connect('a.db')\nwith c: c.execute('create table t(x)')\nprint(os.listdir(), sqlite3.sqlite_version_info > (3,))"),
    "makes files": Both("import os, tempfile\nopen('new.txt', 'w').write('x')\nprint(os.stat('new.txt').st_mode, os.stat('new.txt').st_uid, os.listdir(), tempfile.gettempdir(), os.listdir('/tmp'), os.listdir('/dev/shm'))"),
    "sees the system": Both("import os\nprint(sorted(os.listdir('/')), sorted(os.listdir('/etc')), sorted(os.listdir('/dev')), os.listdir('/home') if os.path.isdir('/home') else None)"),
    "processes": Both("import os\nprint(sorted(int(n) for n in os.listdir(os.sep + 'proc') if n.isdigit()), os.readlink(os.sep + 'proc/self'), open(os.sep + 'proc/1/status').read().count('Cap'))"),
    "rights": Both("import os\nprint([line for line in open(os.sep + 'proc/self/status') if line.startswith(('Cap', 'NoNew', 'Seccomp:', 'Uid', 'Groups'))])"),
    "what is not there": Both("import no_such_module"),
    "no such file is opened": Both("open('nowhere.txt')"),
    "division": Both("assert 1 == 2, 'so'"),
}  # fmt: skip
"""By a title."""

PROGRAMS |= {
    f"loaded by {name}": Both(f"import sys, {name}\nprint(sorted(vars(sys)['mod' + 'ules']))") for name in sorted(INDIFFERENT)
}

DIFFERENT = {
    "random": "import random\nprint(random.random())",
    "secrets": "import secrets\nprint(secrets.token_hex(8))",
    "hash": "print(hash('x'))",
    "a set": "print({f'name{n}' for n in range(8)})",
    "uuid": "import uuid\nprint(uuid.uuid4())",
    "temporary file": "import tempfile\nprint(tempfile.mktemp())",
}
"""Programs that must show something else each time."""
