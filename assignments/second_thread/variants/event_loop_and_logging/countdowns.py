"""The main thread has an event loop; each countdown has a thread of an executor."""

import argparse
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def countdown(name: str, start: int) -> None:
    for number in reversed(range(1, start + 1)):
        print(name, number)
        time.sleep(0.1)


def named_number(word: str) -> tuple[str, int]:
    name, _, number = word.rpartition("=")
    return name, int(number)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("countdowns", type=named_number, nargs="*", default=[("red", 3), ("green", 4), ("blue", 5)])
    countdowns = parser.parse_args().countdowns
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(countdowns)) as threads:
        await asyncio.gather(*(loop.run_in_executor(threads, countdown, *one) for one in countdowns))
    print("All countdowns are done.")


asyncio.run(main())
