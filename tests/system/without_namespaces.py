"""Runs a program where the kernel refuses namespaces and mounts, as in many containers.
Usage: without_namespaces.py COMMAND..."""
import ctypes
import os
import sys

SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, SCMP_CMP_MASKED_EQ = 0x7FFF0000, 0x00050000, 7
EPERM, ENOSYS = 1, 38
NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)  # CLONE_NEW*


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("mask", ctypes.c_uint64),
                ("value", ctypes.c_uint64)]


def refuse(seccomp, context, name, number, *comparisons):
    call = seccomp.seccomp_syscall_resolve_name(name.encode())
    array = (Comparison * len(comparisons))(*comparisons) if comparisons else None
    if seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(SCMP_ACT_ERRNO | number), call,
                                      len(comparisons), array) != 0:
        raise OSError(f"seccomp: {name}")


def main(*command):
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(SCMP_ACT_ALLOW)))
    for name in "unshare", "setns", "mount", "pivot_root":
        refuse(seccomp, context, name, EPERM)
    refuse(seccomp, context, "clone3", ENOSYS)
    for flag in NAMESPACES:
        refuse(seccomp, context, "clone", EPERM, Comparison(0, SCMP_CMP_MASKED_EQ, flag, flag))
    if seccomp.seccomp_load(context) != 0:
        raise OSError("seccomp_load")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
