"""The lines that chat's checks send and wait for, and random data to put into them. No program and no connection in here."""

from __future__ import annotations

import string
from itertools import chain
from random import Random

from grader.checks import visible

GOODBYE = "GOODBYE\n"
NAMES = ["Ann", "Joe", "Anna", "Joe Bo", "Max", "x", "xx", "joe", "Zoë"]  # prefixes of others, blanks, an x at the end
TEXTS = ["hi all", "x", "see you at 8:30", "Joe: no", "a  b", "QUIT", "GOODBYE", "ADD Max", "NEW Max", "MESSAGE x", "½ €", ":"]
LETTERS = "abxyzXÖ€0"
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


# drawn: `st` is hypothesis.strategies


def any_name(st):
    word = st.text(LETTERS, min_size=1, max_size=6)
    return st.one_of(st.sampled_from(NAMES), word, st.tuples(word, word).map(" ".join))


def any_words(st):
    word = st.one_of(st.text(LETTERS, min_size=1, max_size=6), st.just("x:"))
    return st.lists(word, min_size=1, max_size=3).map(" ".join)


def any_text(st):
    return st.one_of(st.sampled_from(TEXTS), any_words(st))


def long_list(st, item, parts: int = 4):
    """A list of about 5 items for each of its parts: a start of a program takes more time than many items do."""
    part = st.lists(item, max_size=12)
    return st.tuples(*[part] * parts).map(lambda lists: [*chain(*lists)])
