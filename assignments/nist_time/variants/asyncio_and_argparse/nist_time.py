"""What time is it in Boulder, Colorado?"""

import argparse
import asyncio
import datetime
import logging
import sys

MONTHS = "January February March April May June July August September October November December".split()


async def reply() -> bytes:
    reader, writer = await asyncio.wait_for(asyncio.open_connection("time.nist.gov", 13), timeout=8)
    try:
        return await reader.read()  # until the server closes
    finally:
        writer.close()


def parse_daytime(line: str) -> datetime.datetime:
    match line.split():
        case [day_number, date, time, *_, "*"] if day_number.isdigit():
            return datetime.datetime.fromisoformat(f"20{date}T{time}+00:00")
    raise ValueError("this is no line of NIST's")


def describe(moment: datetime.datetime) -> str:
    clock = moment.time().isoformat(timespec="seconds")
    return f"It is now {clock} on {moment.day:02} {MONTHS[moment.month - 1]} {moment.year}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("offset", type=float, nargs="?", default=0, metavar="UTC_OFFSET_HOURS")
    offset = datetime.timedelta(hours=parser.parse_args().offset)
    logging.basicConfig(format="%(levelname)s: %(message)s")
    try:
        moment = parse_daytime(asyncio.run(reply()).decode())
    except (OSError, ValueError) as error:
        logging.error("%s: %s", type(error).__name__, error)
        return 3
    print(describe(moment + offset))
    return 0


if __name__ == "__main__":
    sys.exit(main())
