"""The C library of Linux distributions, for targets of which no more than the distribution is stated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzers.evidence import Confidence
from images.facts.environment import Fact, RuntimeEnvironment

_GLIBC: Mapping[str, Mapping[str, str]] = {
    "amzn": {"2": "2.26", "2023": "2.34"},
    "debian": {"10": "2.28", "11": "2.31", "12": "2.36", "13": "2.41"},
    "rhel": {"7": "2.17", "8": "2.28", "9": "2.34", "10": "2.39"},
    "ubuntu": {"18.04": "2.27", "20.04": "2.31", "22.04": "2.35", "24.04": "2.39"},
}
"""Identifier and version, as os-release has them, to the release of glibc.

Source: the distributions' own packages of these versions.
"""
_TITLES = {"amzn": "Amazon Linux", "debian": "Debian", "rhel": "RHEL", "ubuntu": "Ubuntu"}
_OF_RHEL = frozenset({"almalinux", "centos", "ol", "rhel", "rocky", "ubi"})
_MUSL, _OLDER_MUSL = "1.2", "1.1"
_FIRST_ALPINE_OF_MUSL_1_2 = (3, 13)
_ALPINE = re.compile(r"([0-9]{1,2})\.([0-9]{1,3})")


def libc_of(environment: RuntimeEnvironment) -> RuntimeEnvironment:
    """``libc.name`` and ``libc.version`` of the distribution; empty where it or its version is not known."""
    name, version = environment.text("os.id"), environment.text("os.version")
    if name == "alpine":
        numbers = _ALPINE.match(version or "")
        is_older = numbers and (int(numbers[1]), int(numbers[2])) < _FIRST_ALPINE_OF_MUSL_1_2
        return _made("musl", _OLDER_MUSL if is_older else _MUSL, f"{name} {version}" if numbers else name)
    if name is None or version is None:
        return RuntimeEnvironment()
    versions = _GLIBC.get("rhel" if name in _OF_RHEL else name, {})
    glibc = versions.get(version) or versions.get(version.partition(".")[0])
    return RuntimeEnvironment() if glibc is None else _made("glibc", glibc, f"{name} {version}")


def distributions_with(minor: int) -> tuple[str, ...]:
    """The oldest releases, one of each family, that have a minor version of glibc 2 or a newer one."""
    found = []
    for name, versions in _GLIBC.items():
        fitting = [version for version, glibc in versions.items() if int(glibc.partition(".")[2]) >= minor]
        if fitting:
            found.append(f"{_TITLES[name]} {fitting[0]}")
    return tuple(found)


def _made(name: str, version: str, source: str) -> RuntimeEnvironment:
    values = {"libc.name": name, "libc.version": version}
    return RuntimeEnvironment(
        facts={
            fact: Fact(value=value, source=source, confidence=Confidence.LIKELY)
            for fact, value in values.items()
        }
    )
