"""This machine: its graphics processors, and whether code can be confined for probes."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from images.facts.environment import RuntimeEnvironment
from resolver.doctor.checks import Check, State

_SWITCHES = {
    "proc/sys/user/max_user_namespaces": "0",
    "proc/sys/kernel/unprivileged_userns_clone": "0",
    "proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
}
"""By file, the value that forbids namespaces to users other than the superuser. Source: namespaces(7)."""
_GRAPHICS = ("gpu.vendor", "gpu.count", "gpu.model", "gpu.driver", "cuda.max", "rocm.version")


class MachineExamined:
    """Looks at what the kernel tells; loads no driver.

    Args:
        facts: of this machine, as `advise` decides by them.
        root: ``/``, or where the files of a machine were recorded.
    """

    def __init__(self, facts: RuntimeEnvironment, root: Path = Path("/"), uid: int | None = None) -> None:
        self._facts, self._root = facts, root
        self._uid = os.geteuid() if uid is None else uid

    def checks(self) -> Iterator[Check]:
        """See `resolver.doctor.checks.Examination`."""
        yield self._graphics()
        yield self._confinement()

    def _graphics(self) -> Check:
        known = {name: self._facts.text(name) for name in _GRAPHICS if self._facts.text(name)}
        vendor = known.get("gpu.vendor")
        needed_for = "builds for graphics processors: advise on this machine"
        if vendor is None:
            return Check(
                name="gpu",
                state=State.MISSING,
                found="no graphics processor for computing is known",
                needed_for=needed_for,
                remedy="none is needed; what is known better is stated with --fact gpu.vendor=…",
            )
        found = ", ".join(f"{name} {value}" for name, value in known.items())
        if vendor == "nvidia" and "gpu.driver" not in known:
            remedy = "install NVIDIA's driver, or state it: --fact gpu.driver=VERSION"
            found += ", no driver is loaded"
            return Check(name="gpu", state=State.MISSING, found=found, needed_for=needed_for, remedy=remedy)
        return Check(name="gpu", state=State.WORKS, found=found, needed_for=needed_for)

    def _confinement(self) -> Check:
        needed_for = "probes: running code that nobody vouches for without harm"
        if importlib.util.find_spec("knowledge.confinement") is None:
            found = "this version makes no probes"
            return Check(name="confinement", state=State.NOT_ASKED, found=found, needed_for=needed_for)
        namespaces = (self._root / "proc/self/ns/user").exists()
        forbidden = [name for name, value in _SWITCHES.items() if self._says(name) == value]
        if namespaces and (self._uid == 0 or not forbidden):
            who = "the superuser" if self._uid == 0 else f"user {self._uid}"
            found = f"namespaces are there, for {who}"
            return Check(name="confinement", state=State.WORKS, found=found, needed_for=needed_for)
        reason = f"/{forbidden[0]} forbids it" if namespaces else "the kernel has no user namespaces"
        return Check(
            name="confinement",
            state=State.MISSING,
            found=f"user {self._uid} may make no namespaces: {reason}",
            needed_for=needed_for,
            remedy="allow them, or run as the superuser of a container",
        )

    def _says(self, name: str) -> str | None:
        try:
            return (self._root / name).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None


def machine_facts(environ: Mapping[str, str]) -> RuntimeEnvironment:
    """What is known of the graphics of this machine, without asking a driver."""
    from images.hardware.probing import hardware_environment
    from images.host.facts import host_environment

    arch = host_environment().text("arch")
    if arch is None:
        return RuntimeEnvironment()
    return hardware_environment(arch, environ, names_microarchitecture=False)
