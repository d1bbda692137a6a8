import asyncio
import threading

import pytest

from grader.events.transcript import Transcript
from grader.servers.loop import LoopThread


async def forever(ended: threading.Event) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.set()


async def answer() -> int:
    return 42


async def fail() -> None:
    raise RuntimeError("mine")


def test_a_result_comes_back(loop: LoopThread) -> None:
    assert loop.run(answer(), 5) == 42
    assert loop.submit(answer()).result(5) == 42
    assert loop.run_watched(answer(), Transcript(), 5) == 42


def test_an_exception_comes_back(loop: LoopThread) -> None:
    with pytest.raises(RuntimeError, match="mine"):
        loop.run(fail(), 5)
    with pytest.raises(RuntimeError, match="mine"):
        loop.run_watched(fail(), Transcript(), 5)


def test_what_takes_too_long_is_cancelled(loop: LoopThread) -> None:
    for run in (loop.run, lambda coroutine, seconds: loop.run_watched(coroutine, Transcript(), seconds)):
        ended = threading.Event()
        with pytest.raises(TimeoutError):
            run(forever(ended), 0.01)
        assert ended.wait(5)


def test_close_cancels_what_still_runs_and_may_be_called_twice() -> None:
    loop, ended = LoopThread(), threading.Event()
    loop.start()
    loop.submit(forever(ended))
    assert loop.run(answer(), 5) == 42
    loop.close()
    assert ended.is_set()
    loop.close()
