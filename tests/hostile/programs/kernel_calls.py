import ctypes

libc = ctypes.CDLL(None, use_errno=True)
CALLS = {"ptrace": (101, 0, 0), "unshare": (272, 0x10000000), "unshare net": (272, 0x40000000), "mount": (165, 0, 0, 0, 0, 0)}
CALLS |= {"bpf": (321, 0, 0, 0), "keyctl": (250, 0, 0), "io_uring": (425, 1, 0), "userfaultfd": (323, 0), "process_vm_readv": (310, 1, 0, 0, 0, 0, 0)}
for name, call in CALLS.items():
    result = libc.syscall(*call)
    print(name, "refused" if result < 0 and ctypes.get_errno() in (1, 38) else f"gave {result} {ctypes.get_errno()}")
