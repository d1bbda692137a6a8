"""Right programs that are written in another way than the solutions: each earns full marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.grading.worker import Worker
from grader.model import Isolation, Job, Status, Submission
from grader.sandbox.probe import probe

ROOT = Path(__file__).resolve().parents[2]
COURSE = load_course(ROOT)


@pytest.fixture(scope="module")
def session() -> Iterator[Worker]:
    capability = probe()
    if capability.isolation is not Isolation.SANDBOX:
        pytest.skip(f"portable mode is a self-check, not a grade: {capability.reason}")
    worker = Worker(ROOT, capability)
    yield worker
    worker.close()


def earns_full_marks(session: Worker, slug: str, changed: dict[str, str]) -> None:
    files = {name: (ROOT / "solutions" / slug / name).read_bytes() for name in COURSE.assignment(slug).files}
    files |= {name: source.encode() for name, source in changed.items()}
    result = session.grade(Job(Submission("s01", slug, files, ROOT), COURSE.assignment(slug), 1, ""))
    lost = [f"{check.id}: {check.message}" for check in result.checks if check.status is not Status.PASSED]
    assert not lost


# ---- second_thread

SECOND = """
import io, logging, os, sys, threading, time
{setting}
class SecondThread(threading.Thread):
    def run(self):
        {begin}
        time.sleep(0.3)
        {end}
SecondThread().start()
{say}
"""
BEGIN, END, SAY = "Second thread begins.", "Second thread is done.", "The program is done."
WAYS_OUT = [
    ('sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True)', 'print("{}")'),
    ('sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)', 'print("{}")'),
    ("", 'sys.stdout.writelines(["{}", "\\n"])'),
    ("", 'sys.stdout.buffer.write(b"{}\\n"); sys.stdout.flush()'),
    ("", 'os.write(1, b"{}\\n")'),
    ('out = open(1, "w")', 'print("{}", file=out)'),
    ('logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO)', 'logging.info("{}")'),
]


@pytest.mark.parametrize(("setting", "way"), WAYS_OUT)
def test_every_way_to_print_is_as_good(session: Worker, setting: str, way: str) -> None:
    begin, end, say = way.format(BEGIN), way.format(END), way.format(SAY)
    earns_full_marks(
        session, "second_thread", {"second_thread.py": SECOND.format(setting=setting, begin=begin, end=end, say=say)}
    )


RUN = f"""
    def run(self):
        print("{BEGIN}")
        time.sleep(0.3)
        print("{END}")
"""
CLASSES = [
    f"import threading as t, time\nclass Second(t.Thread):{RUN}Second().start()\n",
    f"import time\nfrom threading import Thread as T\nclass Second(T):{RUN}second = Second()\nsecond.start()\n",
    f"import time\nfrom threading import *\nclass Base(Thread):\n    pass\nclass Second(Base):{RUN}Second().start()\n",
    f"import threading, time\nBase = threading.Thread\nclass Parent(Base):{RUN}"
    "class Second(Parent):\n    pass\nSecond().start()\n",
    "from work import Second\nSecond().start()\n",
    "import work\nclass Mine(work.Second):\n    pass\nfor kind in (Mine,):\n    kind().start()\n",
]


@pytest.mark.parametrize("source", CLASSES)
def test_every_way_to_make_the_class_is_as_good(session: Worker, source: str) -> None:
    work = f"import threading, time\nclass Second(threading.Thread):{RUN}"
    earns_full_marks(session, "second_thread", {"second_thread.py": f'{source}print("{SAY}")\n', "work.py": work})


COUNT = """
import sys, threading, time
from concurrent.futures import ThreadPoolExecutor, wait
from multiprocessing.pool import ThreadPool
from queue import Queue
def count(word):
    name, number = word.split("=")
    for left in range(int(number), 0, -1):
        print(f"{name}: {left}")
        time.sleep(0.1)
words = sys.argv[1:]
"""
COUNTDOWNS = [
    "pool = ThreadPoolExecutor(len(words))\nwait([pool.submit(count, word) for word in words])\n",
    "with ThreadPoolExecutor(len(words)) as pool:\n    pool.map(count, words)\n",
    "pool = ThreadPool(len(words))\npool.map(count, words, 1)\n",
    """
barrier = threading.Barrier(len(words) + 1)
def count_and_meet(word):
    count(word)
    barrier.wait()
for word in words:
    threading.Thread(target=count_and_meet, args=(word,)).start()
barrier.wait()
""",
    """
queue = Queue()
def work():
    while True:
        count(queue.get())
        queue.task_done()
for word in words:
    threading.Thread(target=work, daemon=True).start()
    queue.put(word)
queue.join()
""",
    """
done = [threading.Event() for _ in words]
def count_and_tell(word, event):
    count(word)
    event.set()
for word, event in zip(words, done):
    threading.Thread(target=count_and_tell, args=(word, event)).start()
for event in done:
    event.wait()
""",
]


@pytest.mark.parametrize("source", COUNTDOWNS)
def test_every_way_to_wait_for_the_countdowns_is_as_good(session: Worker, source: str) -> None:
    earns_full_marks(session, "second_thread", {"countdowns.py": f'{COUNT}{source}\nprint("All countdowns are done.")\n'})
