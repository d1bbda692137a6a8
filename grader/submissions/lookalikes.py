"""Files by nearly the right name, or in nearly the right place: told to both sides, never graded. Nothing is opened in here.

A student whose file is called `Dns_Lookup.py` or `dns_lookup (1).py`, or lies one folder too deep, should read that, and
not only that nothing was handed in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from grader.names import shown

_MOST = 3  # sentences about one submission
_PACKED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".rar", ".7z")
_OTHER_ENDINGS = (".txt", ".docx", ".doc", ".rtf", ".pdf", ".md", ".bak", ".orig", "~")
_BESIDE_THE_NAME = re.compile(r"\(\d+\)|\b(?:copy|kopie|copie|final|new|old|solution)\b|\bcopy of\b|\bv?\d+$")
_ALIKE = 0.85  # of 1; `dns_lookp` is 0.94, a client and a server are far below
_LONGEST = 100  # characters; a longer name is nobody's slip of the pen


def sentences(slug: str, wanted: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return what to say of `names`, paths with `/` as the student has them, when not one of the files `wanted` is there.

    `slug` is the assignment's folder, which a file in the wrong place is to be moved to.
    """
    found = sorted(names, key=lambda name: (name.count("/"), name))
    told = [sentence for name in found if (sentence := _sentence(slug, wanted, name))]
    if len(told) > _MOST:
        told[_MOST:] = [f"There are {len(told) - _MOST} more such files."]
    return tuple(told)


def is_packed(name: str) -> bool:
    """Whether a file is an archive, by its name."""
    return name.lower().endswith(_PACKED)


def packed(name: str) -> str:
    """What to say of an archive."""
    return f"There is {shown(name)}, a packed folder: it is not opened. Hand in the files themselves."


def _sentence(slug: str, wanted: Sequence[str], name: str) -> str:
    last = PurePosixPath(name).name
    if is_packed(last):
        return packed(name)
    for right in wanted:
        file = PurePosixPath(right).name
        if last == file:
            return f"There is {shown(name)}: it belongs directly into the folder {slug}/, as {slug}/{right}."
        if _is_like(last, file):
            return f"There is {shown(name)}: it must be called exactly {file} and lie in the folder {slug}/."
    return ""


def _is_like(name: str, right: str) -> bool:
    if len(name) > _LONGEST or name.endswith(".pyc"):
        return False
    one, other = _plain(name, right), _plain(right, right)
    return bool(one) and (one == other or SequenceMatcher(None, one, other).ratio() >= _ALIKE)


def _plain(name: str, right: str) -> str:
    """The letters of a name without its endings, and without what file managers and people add to it."""
    text = unicodedata.normalize("NFKC", name).casefold()
    for ending in (*_OTHER_ENDINGS, *PurePosixPath(right).suffixes, ".py", ".ipynb"):
        text = text.removesuffix(ending)
    text = _BESIDE_THE_NAME.sub("", re.sub(r"[-_ ]+", " ", text).strip())
    return re.sub(r"[\W_]+", "", text)
