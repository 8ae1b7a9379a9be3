"""Stands between this program and what it runs: namespaces, mounts, another user, limits, then the program.

Two descriptors enter by number: orders (one line of JSON; when it is closed the run has to end), and what is
told (a line before the program starts, a line when it has ended). It never reads what the program writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys

from knowledge.confinement.launching import mounts, privileges, watching
from knowledge.confinement.launching import system_calls as calls
from knowledge.confinement.launching.orders import PLACE, Held, Order, Told

_NAMESPACES = (
    ("mounts", calls.CLONE_NEWNS),
    ("pids", calls.CLONE_NEWPID),
    ("network", calls.CLONE_NEWNET),
    ("ipc", calls.CLONE_NEWIPC),
    ("host-name", calls.CLONE_NEWUTS),
)


def main(orders: int, tells: int) -> None:
    """Run what is ordered, and end with it."""
    for descriptor in (orders, tells):
        os.set_inheritable(descriptor, False)
    calls.end_with_parent(signal.SIGKILL)
    order: Order = json.loads(_line(orders))
    held = Held(applied=[], refused=[])
    user, group = os.geteuid(), os.getegid()
    for directory in order["cgroups"]:
        with contextlib.suppress(OSError), open(f"{directory}/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    is_root = user == 0
    if not (is_root and _is_allowed(calls.CLONE_NEWUTS)):
        try:
            _own_user_namespace(user, group)
            held["applied"].append("user-namespace")
        except OSError as error:
            held["refused"].append(f"user-namespace: {error.strerror}")
    for name, flag in _NAMESPACES:
        if name == "network" and order["has_network"]:
            held["refused"].append("network: it is needed")
            continue
        try:
            calls.unshare(flag)
            held["applied"].append(name)
        except OSError as error:
            held["refused"].append(f"{name}: {error.strerror}")
    first = os.fork()
    if first:
        os.close(orders)
        os.close(tells)
        for stream in (0, 1, 2):
            os.close(stream)
        os.waitpid(first, 0)
        os._exit(0)
    _first_process(order, held, orders, tells)


def _line(descriptor: int) -> bytes:
    content = bytearray()
    while not content.endswith(b"\n"):
        more = os.read(descriptor, 1 << 16)
        if not more:
            raise SystemExit("no orders came")
        content += more
    return bytes(content)


def _is_allowed(flag: int) -> bool:
    try:
        calls.unshare(flag)
    except OSError:
        return False
    return True


def _own_user_namespace(user: int, group: int) -> None:
    calls.unshare(calls.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _first_process(order: Order, held: Held, orders: int, tells: int) -> None:
    """The first process of the namespaces: arranges, starts the program, follows it; all end with it."""
    calls.end_with_parent(signal.SIGKILL)
    watching.adopt()
    user, group, changes_user = os.geteuid(), os.getegid(), False
    own = privileges.own_user() if user == 0 and "user-namespace" not in held["applied"] else None
    if own is not None:
        user, group, changes_user = own, own, True
        held["applied"].append("uid")
    else:
        held["refused"].append("uid: only root can give a program a user of its own")
    if "network" in held["applied"]:
        with contextlib.suppress(OSError):
            calls.raise_loopback()
    place, error = order["place"], ""
    try:
        if "mounts" not in held["applied"]:
            raise OSError(0, "no namespace for them")
        held["refused"] += mounts.arrange(order, user, group)
        place = mounts.PLACE
    except OSError as refusal:
        if "mounts" in held["applied"]:
            held["applied"].remove("mounts")
            held["refused"].append(f"mounts: {refusal.strerror}")
        if order["root"]:
            error = f"a root of its own cannot be made: {refusal.strerror}"
        else:
            mounts.make_place(place, order["files"], user, group)
            os.chdir(place)
    held["applied"] += ["time", "memory", "processes"]
    told = Told(code=None, stopped="", error=error, wall_s=0.0, memory_bytes=0, most_processes=1)
    if not error:
        has_own = "mounts" in held["applied"] and not any(
            mounts.PROCESSES in each for each in held["refused"]
        )
        program, error = _start(order, place, user, group, changes_user=changes_user, seals=has_own)
        _tell(tells, held)
        for stream in (0, 1, 2):
            os.close(stream)
        if program:
            watch = watching.Watch(order, is_alone="pids" in held["applied"])
            told = watching.follow(program, order, orders, watch)
        told["error"] = error
    else:
        _tell(tells, held)
    if "pids" not in held["applied"]:
        watching.end_all(user if changes_user else None)
    _tell(tells, told)
    os._exit(0)


def _tell(descriptor: int, what: Held | Told) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(descriptor, json.dumps(what).encode("ascii") + b"\n")


def _start(
    order: Order, place: str, user: int, group: int, *, changes_user: bool, seals: bool
) -> tuple[int, str]:
    """The program's process, and why it did not start (empty where it did)."""
    calls.hide_from_others()
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            calls.hide_from_others(hides=False)
            with (
                contextlib.suppress(OSError),
                open("/proc/self/oom_score_adj", "w", encoding="ascii") as file,
            ):
                file.write("1000")  # if memory runs out this is ended, and not what watches it
            if seals:
                mounts.seal_kernel_settings()
            for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            privileges.limit(order)
            privileges.give_up(user, group, changes_user=changes_user)
            command = [part.replace(PLACE, place) for part in order["command"]]
            environ = {name: text.replace(PLACE, place) for name, text in order["environ"].items()}
            os.execve(command[0], command, environ)
        except BaseException as error:
            os.write(writes, str(error).encode("utf-8", "replace")[:1000])
        finally:
            os._exit(127)
    os.close(writes)
    problem = b""
    while more := os.read(reads, 4096):
        problem += more
    os.close(reads)
    if problem:
        os.waitpid(pid, 0)
        return 0, problem.decode("utf-8", "replace")
    return pid, ""


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
