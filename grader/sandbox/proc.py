"""Short files of /proc, read many times a second: no Path and no stream is made for them. What they tell is others' matter."""

from __future__ import annotations

import os

_MOST = 65536


def text(path: str) -> str:
    """The whole of such a file, which the kernel makes at the first read. Raises OSError, also when the process has ended."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _MOST).decode(errors="replace")
    finally:
        os.close(descriptor)
