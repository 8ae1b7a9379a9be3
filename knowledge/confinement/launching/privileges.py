"""Who a confined program is, and how much of everything it may have."""

from __future__ import annotations

import contextlib
import os
import random
import resource

from knowledge.confinement.launching import system_calls as calls
from knowledge.confinement.launching.orders import Order

_FIRST_OWN, _LAST_OWN = 1_900_000_000, 2_100_000_000
"""User numbers that nobody has."""
_NOBODY = 65_534
_MAY_CHANGE_USER = 1 << 0 | 1 << 6 | 1 << 7
"""The capabilities to give files away and to set groups and users."""


def own_user() -> int | None:
    """A user number for this run alone, of those of this user namespace; None where there is none."""
    with open("/proc/self/status", "rb") as file:
        allowed = int(file.read().partition(b"CapEff:")[2].split()[0], 16)
    if allowed & _MAY_CHANGE_USER != _MAY_CHANGE_USER:
        return None
    known = []
    with open("/proc/self/uid_map", encoding="ascii") as lines:
        for line in lines:
            first, _, count = (int(part) for part in line.split())
            known.append((max(first, 1), first + count - 1))
    first, last = max(known, key=lambda each: each[1] - each[0])
    if first <= _FIRST_OWN and last >= _LAST_OWN:
        first, last = _FIRST_OWN, _LAST_OWN
    elif last - first > 2 * _NOBODY:
        first += _NOBODY + 1
    else:
        return _NOBODY if first <= _NOBODY <= last else None
    return random.SystemRandom().randint(first, last)


def limit(order: Order) -> None:
    """Set what the kernel watches for each process, for this one and what it starts."""
    memory = order["memory_bytes"]
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, order["file_bytes"]),
        (resource.RLIMIT_NOFILE, order["open_files"]),
        (resource.RLIMIT_CPU, order["cpu_s"]),
        (resource.RLIMIT_NPROC, order["processes"]),
        (resource.RLIMIT_MEMLOCK, 1 << 20),
        (resource.RLIMIT_MSGQUEUE, 1 << 20),
    ):
        hard = resource.getrlimit(kind)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (value, value))


def give_up(user: int, group: int, *, changes_user: bool) -> None:
    """Become that user, without a way back, and keep no privilege.

    Raises:
        OSError: that is not allowed here.
    """
    calls.end_with_parent(9)
    with contextlib.suppress(OSError):  # not had before either, where it is not allowed
        calls.limit_capabilities()
    calls.leave_keys()
    if changes_user:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    calls.drop_capabilities()
    calls.forgo_privileges()
    calls.end_with_parent(9)  # a change of user clears it
