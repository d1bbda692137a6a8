"""Filters for system calls. Bytes only: `bwrap --seccomp` loads the one, `inside/hold_writes.py` the other.

The first refuses calls that no course program needs and that hostile ones like. The second lets the session answer every write.
A filter is classic BPF as seccomp(2) describes it: `struct sock_filter {u16 code; u8 jt; u8 jf; u32 k}` over
`struct seccomp_data {int nr; u32 arch; ...}`. Calls in the list get EPERM, so Python raises PermissionError.
"""

from __future__ import annotations

import platform
import struct

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_GREATER_OR_EQUAL = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_ALLOW = 0x7FFF0000
_EPERM = 0x00050000 | 1
_EINVAL = 0x00050000 | 22
_ASK = 0x7FC00000  # SECCOMP_RET_USER_NOTIF
_ARCH_OFFSET = 4
_NUMBER_OFFSET = 0
_X32_BIT = 0x40000000

# Tracing and reading other processes, memory that no limit counts (memfd, System V, POSIX queues),
# keyrings, kernel interfaces with a long history of holes.
_CALLS: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_getfd": 438,
            "memfd_create": 319, "memfd_secret": 447,
            "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
            "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "mount": 165, "umount2": 166,
            "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308, "open_by_handle_at": 304, "kexec_load": 246,
            "init_module": 175, "finit_module": 313, "delete_module": 176, "swapon": 167, "syslog": 103, "acct": 163,
            "shmget": 29, "shmat": 30, "semget": 64, "msgget": 68, "msgsnd": 69, "mq_open": 240,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_getfd": 438,
            "memfd_create": 279, "memfd_secret": 447,
            "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282,
            "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "mount": 40, "umount2": 39,
            "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268, "open_by_handle_at": 265, "kexec_load": 104,
            "init_module": 105, "finit_module": 273, "delete_module": 106, "swapon": 224, "syslog": 116, "acct": 89,
            "shmget": 194, "shmat": 196, "semget": 190, "msgget": 186, "msgsnd": 189, "mq_open": 180,
        },
    ),
}  # fmt: skip


WRITE = {"x86_64": 1, "aarch64": 64}
WRITEV = {"x86_64": 20, "aarch64": 66}
# Other ways for bytes to a file that is open; no program of the course needs them, and libraries have a second way.
_OTHER_WRITES = {
    "x86_64": {"pwritev2": 328, "sendfile": 40, "splice": 275, "tee": 276, "vmsplice": 278, "io_submit": 209},
    "aarch64": {"pwritev2": 287, "sendfile": 71, "splice": 76, "tee": 77, "vmsplice": 75, "io_submit": 2},
}


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def filter_bytes(machine: str | None = None) -> bytes | None:
    """Return the filter for `machine` (default: this one), or None where its call numbers are not known."""
    known = _CALLS.get(machine or platform.machine())
    if known is None:
        return None
    arch, calls = known
    numbers = sorted(calls.values())
    program = [
        _instruction(_LOAD, _ARCH_OFFSET),
        _instruction(_EQUAL, arch, if_true=1),
        _instruction(_RETURN, _EPERM),  # a program for another architecture would have other numbers
        _instruction(_LOAD, _NUMBER_OFFSET),
        _instruction(_GREATER_OR_EQUAL, _X32_BIT, if_true=len(numbers) + 1),  # x32 numbers alias the same calls
    ]
    for index, number in enumerate(numbers):
        program.append(_instruction(_EQUAL, number, if_true=len(numbers) - index))
    program.append(_instruction(_RETURN, _ALLOW))
    program.append(_instruction(_RETURN, _EPERM))
    return b"".join(program)


def holding_filter(machine: str | None = None) -> bytes | None:
    """Return the filter that lets somebody else answer each write(2) and writev(2), for `machine`; None as `filter_bytes`."""
    machine = machine or platform.machine()
    if machine not in _CALLS:
        return None
    others = sorted(_OTHER_WRITES[machine].values())
    program = [
        _instruction(_LOAD, _ARCH_OFFSET),
        _instruction(_EQUAL, _CALLS[machine][0], if_true=1),
        _instruction(_RETURN, _EPERM),
        _instruction(_LOAD, _NUMBER_OFFSET),
        _instruction(_EQUAL, WRITE[machine], if_true=len(others) + 2),
        _instruction(_EQUAL, WRITEV[machine], if_true=len(others) + 1),
    ]
    for index, number in enumerate(others):
        program.append(_instruction(_EQUAL, number, if_true=len(others) - index + 1))
    program += [_instruction(_RETURN, _ALLOW), _instruction(_RETURN, _ASK), _instruction(_RETURN, _EINVAL)]
    return b"".join(program)
