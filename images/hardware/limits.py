"""Memory and cores that control groups leave to the processes of a container."""

from __future__ import annotations

import re

from images.facts.environment import Fact
from images.hardware.pseudo_files import PseudoFiles

_MEMORY_LIMITS = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")
_NUMBER = re.compile(r"[0-9]{1,19}")
_UNLIMITED_BYTES = 1 << 60
"""The first version of control groups states a number near the largest one where there is no limit."""


def memory_facts(files: PseudoFiles) -> dict[str, Fact]:
    """``memory_bytes``: of the machine, or the limit of the control group where that is less."""
    match = re.search(r"^MemTotal:\s+([0-9]{1,15}) kB$", files.text("proc/meminfo") or "", re.MULTILINE)
    found = [(int(match[1]) * 1024, "/proc/meminfo")] if match else []
    for path in _MEMORY_LIMITS:
        text = files.word(path)
        if _NUMBER.fullmatch(text) and int(text) < _UNLIMITED_BYTES:
            found.append((int(text), f"/{path}"))
    if not found:
        return {}
    size_bytes, source = min(found)
    return {"memory_bytes": Fact(value=size_bytes, source=source)}


def core_facts(files: PseudoFiles, usable: int | None) -> dict[str, Fact]:
    """``cores``: those that a process may use, or as many as its share of time is worth where that is less.

    Programs that ask the kernel start a thread for each of those that it may use, share of time or not; where
    that makes a difference, ``cores.seen`` tells their number.

    Args:
        files: of the machine.
        usable: those that a process may run on; None where that is not known, then those there are.

    Source: cgroups(7), the kernel's admin-guide/cgroup-v2.
    """
    online = usable or len(re.findall(r"^processor\s*:", files.text("proc/cpuinfo") or "", re.MULTILINE))
    found = [(online, "kernel")] if online else []
    quota = _quota(files)
    if quota is not None:
        found.append(quota)
    if not found:
        return {}
    cores, source = min(found)
    facts = {"cores": Fact(value=cores, source=source)}
    if cores < online:
        facts["cores.seen"] = Fact(value=online, source="kernel")
    return facts


def _quota(files: PseudoFiles) -> tuple[int, str] | None:
    both = files.word("sys/fs/cgroup/cpu.max").split()
    source = "/sys/fs/cgroup/cpu.max"
    if not both:
        names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
        both = [files.word(f"sys/fs/cgroup/cpu/{name}") for name in names]
        source = "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"
    if len(both) != 2 or not all(_NUMBER.fullmatch(number) for number in both):
        return None
    quota, period = int(both[0]), int(both[1])
    return (max(1, -(-quota // period)), source) if quota and period else None
