"""Names that strangers chose, of files, folders and people: which are plain, and how they are shown."""

from __future__ import annotations

import hashlib


def same_slug(name: str) -> str:
    """Return the form of a name in which two spellings of one slug are equal."""
    return name.lower().replace("_", "-")


def is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_clean(name: str) -> bool:
    """Tell whether a name is plain text: valid UTF-8 without control characters."""
    return is_utf8(name) and name.isprintable()


def shown(text: str, length: int = 200) -> str:
    """Return `text` on one line, with visible escapes for all that is not plain text, cut to `length` characters."""
    plain = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
    return plain if len(plain) <= length else plain[:length] + "…"


def safe_name(name: str) -> str:
    """Return a name for a file or folder that stands for `name` alone: no `/`, no leading dot, not too long."""
    kept = "".join(char if char.isalnum() or char in "-_. " else _escaped(char) for char in name)
    if not kept or kept[0] in ". ":
        kept = (_escaped(kept[0]) if kept else "%") + kept[1:]
    if kept[-1] in ". ":
        kept = kept[:-1] + _escaped(kept[-1])
    if len(kept.encode()) > 150:
        kept = f"{kept.encode()[:100].decode('utf-8', 'ignore')}%{hashlib.sha256(kept.encode()).hexdigest()[:16]}"
    return kept


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
