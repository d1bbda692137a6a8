"""The echo service (RFC 862): every byte comes back. Only the comparison of two byte strings lives in here."""

from __future__ import annotations


def first_difference(sent: bytes, received: bytes) -> int | None:
    """Offset of the first byte of `received` that is not the echo of `sent`; None as long as it can still become one."""
    if sent.startswith(received):
        return None
    for offset, (expected, got) in enumerate(zip(sent, received, strict=False)):
        if expected != got:
            return offset
    return len(sent)


def still_missing(sent: bytes, received: bytes) -> int:
    """Number of bytes of the echo of `sent` that have not come yet."""
    return max(0, len(sent) - len(received))
