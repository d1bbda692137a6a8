"""Calls of the kernel that Python has no function for, by number. What they mean stands where they are made."""

from __future__ import annotations

import ctypes
import functools
import os


def system_call(number: int, *arguments: int) -> int:
    """The result of a call, by its number on this machine: syscall(2). Raises OSError."""
    result = int(_libc().syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments)))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc
