"""A worker of a pool for each countdown."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed


def count_down(name: str, number: int) -> str:
    while number:
        print(f"{name}: {number}", flush=True)
        time.sleep(0.1)
        number -= 1
    return f"{name} is done"


words = [word.split("=") for word in sys.argv[1:] or ["one=1", "two=2"]]
with ThreadPoolExecutor(max_workers=len(words)) as pool:
    countdowns = [pool.submit(count_down, name, int(number)) for name, number in words]
    for countdown in as_completed(countdowns):
        print(countdown.result())
print("All countdowns are done.")
