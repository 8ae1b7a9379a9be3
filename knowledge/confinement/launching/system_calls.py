"""System calls that the standard library of Python 3.11 does not offer."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import socket
import struct

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS = 1, 4, 24, 28
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_LAST_CAPABILITY = 63
_NO_PRIVILEGES_OF_ROOT = 0x1 | 0x2 | 0x20
"""Its user number gives none, for ever; and none is kept over a change of user."""
_CAPABILITY_VERSION_3 = 0x20080522
_SYS_MOUNT_SETATTR = 442
_SYS_KEYCTL = {"x86_64": 250, "i686": 288, "armv7l": 311, "ppc64le": 271, "s390x": 280}
_SYS_KEYCTL_ELSEWHERE = 219
"""Of the machines that share one table, such as aarch64 and riscv64."""
_KEYCTL_JOIN_SESSION_KEYRING = 1
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTRIBUTE_RDONLY, _ATTRIBUTE_NOSUID = 1, 2
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    function = getattr(_libc, name, None)
    if function is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if function(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def unshare(flags: int) -> None:
    """Leave namespaces for new ones.

    Raises:
        OSError: that is not allowed here.
    """
    _call("unshare", ctypes.c_int(flags))


def mount(source: str, target: str, kind: str | None, flags: int = 0, data: str | None = None) -> None:
    """Mount something.

    Raises:
        OSError: that is not allowed here.
    """
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    _call("mount", texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])


def make_read_only(target: str) -> None:
    """Let nothing be written below a mount point, in no mount that lies below it either.

    Raises:
        OSError: the kernel is older than 5.12, or does not allow it.
    """
    attributes = struct.pack("=QQQQ", _ATTRIBUTE_RDONLY | _ATTRIBUTE_NOSUID, 0, 0, 0)
    _call(
        "syscall",
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )


def _prctl(option: int, value: int = 0) -> None:
    unused = ctypes.c_ulong(0)
    _call("prctl", ctypes.c_int(option), ctypes.c_ulong(value), unused, unused, unused)


def end_with_parent(signal: int) -> None:
    """Get a signal when the parent ends, where the system knows that."""
    with contextlib.suppress(OSError):
        _prctl(_PR_SET_PDEATHSIG, signal)


def hide_from_others(*, hides: bool = True) -> None:
    """Let no other process of the same user look into this one; or let them again."""
    with contextlib.suppress(OSError):
        _prctl(_PR_SET_DUMPABLE, int(not hides))


def adopt_orphans() -> None:
    """Become the parent of whatever descendants lose theirs."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forgo_privileges() -> None:
    """Never gain a privilege by running a program."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def leave_keys() -> None:
    """Have a session keyring of one's own; keys in that of the user's session could be read, whoever asks."""
    number = _SYS_KEYCTL.get(os.uname().machine, _SYS_KEYCTL_ELSEWHERE)
    with contextlib.suppress(OSError):  # a kernel without keys has none to give away
        _call("syscall", ctypes.c_long(number), ctypes.c_int(_KEYCTL_JOIN_SESSION_KEYRING), None)


def limit_capabilities() -> None:
    """Let no capability be had again; while it is still allowed, before the user changes.

    Raises:
        OSError: that is not allowed here.
    """
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno != errno.EINVAL:  # beyond the last that this kernel has
                raise
    _prctl(_PR_SET_SECUREBITS, _NO_PRIVILEGES_OF_ROOT)


def drop_capabilities() -> None:
    """Have none from now on."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _call("capset", header, struct.pack("=6I", 0, 0, 0, 0, 0, 0))


def raise_loopback() -> None:
    """Let processes of a new network namespace talk to each other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(probe, _SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))
