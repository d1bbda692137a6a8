"""The lines that chat's checks send and wait for, and random data to put into them. No program and no connection in here."""

from __future__ import annotations

import string
from random import Random

from grader.checks import visible

GOODBYE = "GOODBYE\n"
ODD_CHARACTERS = "\r\u2028\x0b\x85"  # str.splitlines() ends a line at each of them; the protocol does not


def words(rng: Random, count: int = 3) -> str:
    """A text nobody can guess, of words with one blank between them."""
    letters = string.ascii_letters + string.digits
    return " ".join("".join(rng.choices(letters, k=rng.randint(4, 8))) for _ in range(count))


def odd_text(rng: Random) -> str:
    """Text with characters in it that look like line ends and are none."""
    return "".join(words(rng, 1) + odd for odd in rng.sample(ODD_CHARACTERS, k=4)) + words(rng, 1)


def names(rng: Random, count: int, letters: str = string.ascii_lowercase) -> list[str]:
    """Different names."""
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(rng.choices(letters, k=rng.randint(5, 9))).capitalize())
    return rng.sample(sorted(found), k=count)


def new(name: str) -> str:
    return f"NEW {name}\n"


def left(name: str) -> str:
    return f"LEFT {name}\n"


def message(sender: str, text: str) -> str:
    return f"MESSAGE {sender}\n{text}\n"


def private(sender: str, text: str) -> str:
    return f"PRIVATE {sender}\n{text}\n"


def short(text: str | bytes) -> str:
    return visible(text if len(text) <= 200 else text[:200]) + ("…" if len(text) > 200 else "")
