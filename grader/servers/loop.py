"""One asyncio event loop in a daemon thread, used from the outside by blocking calls. No socket and no protocol in here."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from grader.events.transcript import Transcript

Answer = TypeVar("Answer")


class LoopThread:
    """Start it once; servers and clients of all checks can share it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fake servers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def thread_id(self) -> int:
        """Native id of the loop's thread."""
        return self._thread.native_id or 0

    def submit(self, coroutine: Coroutine[Any, Any, Answer]) -> concurrent.futures.Future[Answer]:
        """Begin `coroutine` on the loop; its result comes in the future."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, Answer], seconds: float) -> Answer:
        """Run `coroutine` on the loop and wait for its result; TimeoutError (and it is cancelled) after `seconds`."""
        future = self.submit(coroutine)
        try:
            return future.result(seconds)
        finally:
            future.cancel()

    def run_watched(self, coroutine: Coroutine[Any, Any, Answer], transcript: Transcript, seconds: float) -> Answer:
        """The same, waiting through `transcript`, where everything that a check waits for comes together.

        TimeoutError also when a flood has ended the waits of the check.
        """
        future = self.submit(coroutine)
        future.add_done_callback(lambda _: transcript.wake())
        try:
            if not transcript.wait_until(future.done, seconds):
                raise TimeoutError
            return future.result(0)
        finally:
            future.cancel()

    def close(self) -> None:
        """Cancel what still runs and end the thread; a second call does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        finally:
            self._loop.close()
