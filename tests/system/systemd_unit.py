"""Runs a program under the restrictions of a systemd unit, as far as they go without systemd: user,
capabilities, system calls, /proc, umask, niceness.
Usage: systemd_unit.py UNIT COMMAND..."""
import ctypes
import functools
import os
import pathlib
import re
import subprocess
import sys

CLONE_NEWNS, MS_NOSUID, MS_REC, MS_PRIVATE = 0x20000, 14, 16384, 1 << 18
SCMP_ACT_ALLOW, SCMP_ACT_EPERM = 0x7FFF0000, 0x00050001
DYNAMIC_USER = "61184"  # systemd.exec(5), DynamicUser=


@functools.cache
def members(word):
    """The system calls of a set, as "@mount"; of a name, itself."""
    if not word.startswith("@"):
        return frozenset([word])
    listed = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True,
                            text=True, check=True).stdout.splitlines()[1:]
    words = [line.strip() for line in listed if line.strip() and "#" not in line]
    return frozenset().union(*map(members, words))


def settings(unit, name):
    return re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)


def setting(unit, name, default=""):
    return (settings(unit, name) or [default])[-1]


def allowed_calls(unit):
    allowed = frozenset()
    for text in settings(unit, "SystemCallFilter"):
        names = frozenset().union(*map(members, text.removeprefix("~").split()))
        allowed = allowed - names if text.startswith("~") else allowed | names
    return allowed


def filter_calls(unit):
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(SCMP_ACT_EPERM)))
    for name in sorted(allowed_calls(unit)):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(SCMP_ACT_ALLOW), number, 0,
                                           None)
    if seccomp.seccomp_load(context) != 0:
        raise OSError("seccomp_load")


def mount_proc(unit):
    """As ProtectProc= and ProcSubset= do."""
    options = f"hidepid={setting(unit, 'ProtectProc')}"
    if setting(unit, "ProcSubset") == "pid":
        options += ",subset=pid"
    libc = ctypes.CDLL(None, use_errno=True)
    for result in (libc.unshare(CLONE_NEWNS),
                   libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None),
                   libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID, options.encode())):
        if result != 0:
            raise OSError(ctypes.get_errno(), "mount /proc")


def become_user(unit, command):
    """Executes a command as the unit's user, with its capabilities."""
    user = DYNAMIC_USER if setting(unit, "DynamicUser") == "yes" else setting(unit, "User")
    bounding = setting(unit, "CapabilityBoundingSet").split()
    names = ",".join(["-all", *("+" + name.removeprefix("CAP_").lower() for name in bounding)])
    os.execvp("setpriv", ["setpriv", "--reuid", user, "--regid", user, "--clear-groups",
                          "--bounding-set", names, "--inh-caps", names, "--ambient-caps", names,
                          "--no-new-privs", *command])


def main(path, *command):
    if path == "--filter":  # no_new_privs is set by now
        filter_calls(pathlib.Path(command[0]).read_text())
        os.execvp(command[1], command[1:])
    unit = pathlib.Path(path).read_text()
    mount_proc(unit)
    os.umask(int(setting(unit, "UMask", "022"), 8))
    os.nice(int(setting(unit, "Nice", "0")))
    become_user(unit, [sys.executable, "-B", __file__, "--filter", path, *command])


if __name__ == "__main__":
    main(*sys.argv[1:])
