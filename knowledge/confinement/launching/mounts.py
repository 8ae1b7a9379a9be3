"""What a confined program sees of the file system: little to write to, and nothing of the user's."""

from __future__ import annotations

import os
import stat

from knowledge.confinement.launching import system_calls as calls
from knowledge.confinement.launching.orders import USER, Order

PLACE = "/tmp/run"
PROCESSES = "processes out of sight"
"""What is refused where others can be seen."""
_SCRATCH = "/tmp"
_MORE_SCRATCH = ("/var/tmp", "/dev/shm")
_SHADOWED = tuple(f"{path}/" for path in (_SCRATCH, *_MORE_SCRATCH))
"""What lies there is out of sight in any case."""
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SMALL = "size=1m,nr_inodes=4096,mode=755"
_TERMINALS = "newinstance,ptmxmode=0666,mode=0620"
_MOST_FILES = 200_000


def arrange(order: Order, owner: int, group: int) -> list[str]:
    """Make the mounts of this process's own namespace; its root becomes the program's.

    Args:
        order: what is to run.
        owner: the user that it will run as; `group` its group.

    Returns:
        What could not be done, each with its reason.

    Raises:
        OSError: what matters is not allowed here.
    """
    calls.mount("none", "/", None, calls.MS_REC | calls.MS_PRIVATE)
    root, refused = order["root"], []
    kept = {path: os.open(path, os.O_PATH) for path in order["readable"] if os.path.exists(path)}
    if root:
        calls.mount(root, root, None, calls.MS_BIND | calls.MS_REC)
        root = os.path.realpath(root)
    try:
        calls.make_read_only("/")
    except OSError as error:
        refused.append(f"read-only: {error.strerror}")
    hidden = [] if root else [path for path in order["hidden"] if not path.startswith(_SHADOWED)]
    hidden = [path for path in hidden if os.path.isdir(path)]
    for path in hidden:
        calls.mount("tmpfs", path, "tmpfs", calls.MS_NOSUID | calls.MS_NODEV, _SMALL)
    _make_scratch(root, order, owner, group)
    for path, descriptor in kept.items():
        _bind(f"/proc/self/fd/{descriptor}", root + order["binds"].get(path, path))
        os.close(descriptor)
    for path in hidden:
        calls.make_read_only(path)
    for path in [] if root else order["sockets"]:
        if os.path.exists(path):
            calls.mount("/dev/null", path, None, calls.MS_BIND)
    try:
        calls.mount("proc", f"{root}/proc", "proc", calls.MS_NOSUID | calls.MS_NODEV | calls.MS_NOEXEC)
    except OSError as error:
        refused.append(f"{PROCESSES}: {error.strerror}")
    if not root:
        _name_user(owner, group)
    if not root and os.path.isdir("/dev/pts"):
        try:
            calls.mount("devpts", "/dev/pts", "devpts", calls.MS_NOSUID | calls.MS_NOEXEC, _TERMINALS)
        except OSError as error:
            refused.append(f"terminals of its own: {error.strerror}")
    if root:
        _make_devices(root)
        os.chroot(root)
    os.chdir(PLACE)
    return refused


def seal_kernel_settings() -> None:
    """Let nothing be written below ``/proc``: root may set the kernel there, whatever it may not do.

    Raises:
        OSError: that is not allowed here.
    """
    flags = calls.MS_REMOUNT | calls.MS_BIND | calls.MS_RDONLY
    calls.mount("none", "/proc", None, flags | calls.MS_NOSUID | calls.MS_NODEV | calls.MS_NOEXEC)


def _make_scratch(root: str, order: Order, owner: int, group: int) -> None:
    """One file system of limited size for all that the program may write."""
    options = f"size={order['disk_bytes']},nr_inodes={_MOST_FILES},mode=1777"
    calls.mount("tmpfs", root + _SCRATCH, "tmpfs", calls.MS_NOSUID | calls.MS_NODEV, options)
    make_place(root + PLACE, order["files"], owner, group)
    if root:
        return
    for path in _MORE_SCRATCH:
        if os.path.isdir(path) and not os.path.islink(path):
            calls.mount(_SCRATCH, path, None, calls.MS_BIND)


def make_place(place: str, files: dict[str, str], owner: int, group: int) -> None:
    """The directory of a run, with what the program finds there."""
    os.makedirs(place, 0o700, exist_ok=True)
    for name, content in files.items():
        path = os.path.join(place, name)
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode("latin-1"))
        os.chmod(path, 0o644)
    os.chown(place, owner, group)


def _name_user(owner: int, group: int) -> None:
    """Let a user that this machine does not know be found by its number: many a program asks for its name."""
    known, named = "/etc/passwd", f"{_SCRATCH}/.passwd"
    try:
        with open(known, "rb") as file:
            content = file.read()
        if any(line.split(b":")[2:3] == [b"%d" % owner] for line in content.splitlines()):
            return
        line = b"%s:x:%d:%d::%s:/bin/sh\n" % (USER.encode(), owner, group, PLACE.encode())
        with open(named, "wb") as file:
            file.write(content.rstrip(b"\n") + b"\n" + line)
        os.chmod(named, 0o644)
        calls.mount(named, known, None, calls.MS_BIND)
        calls.make_read_only(known)
    except OSError:  # it has no name, then
        pass


def _bind(source: str, target: str) -> None:
    """Show a file or directory at another path, which is made if it is not there."""
    if not os.path.exists(target):
        if stat.S_ISDIR(os.stat(source).st_mode):
            os.makedirs(target, 0o755)
        else:
            os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
            with open(target, "wb"):
                pass
    calls.mount(source, target, None, calls.MS_BIND | calls.MS_REC)


def _make_devices(root: str) -> None:
    """The devices that a program takes for granted, in a root that may have none."""
    kept = {name: os.open(f"/dev/{name}", os.O_PATH) for name in _DEVICES}
    calls.mount("tmpfs", f"{root}/dev", "tmpfs", calls.MS_NOSUID, _SMALL)
    for name, descriptor in kept.items():
        _bind(f"/proc/self/fd/{descriptor}", f"{root}/dev/{name}")
        os.close(descriptor)
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    os.mkdir(f"{root}/dev/shm")
    calls.mount(root + _SCRATCH, f"{root}/dev/shm", None, calls.MS_BIND)
    calls.make_read_only(f"{root}/dev")
