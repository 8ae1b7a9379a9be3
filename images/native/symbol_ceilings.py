"""What the platform tag of a wheel promises about the C++ library that it needs.

A manylinux policy names the newest symbol versions that a wheel may ask for of libraries that it does not
bring itself. Musllinux policies leave no C++ library outside of the wheel.

Source: auditwheel 6.8.2, ``policy/manylinux-policy.json`` (``symbol_versions``; the highest of all
architectures) and ``policy/musllinux-policy.json`` (``lib_whitelist``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from images.facts.environment import ABSENT, RuntimeEnvironment

CXX_LIBRARY = "libstdc++.so.6"
GLIBCXX, CXXABI = "libstdcxx.glibcxx", "libstdcxx.cxxabi"

CEILINGS: Mapping[int, tuple[str, str]] = {
    5: ("3.4.8", "1.3.1"),
    12: ("3.4.13", "1.3.3"),
    17: ("3.4.19", "1.3.7"),
    24: ("3.4.22", "1.3.10"),
    26: ("3.4.24", "1.3.11"),
    28: ("3.4.24", "1.3.11"),
    31: ("3.4.28", "1.3.12"),
    34: ("3.4.29", "1.3.13"),
    38: ("3.4.30", "1.3.13"),
    41: ("3.4.33", "1.3.15"),
}
"""Minor version of glibc 2 in a policy's name to the newest GLIBCXX and CXXABI up to it."""

_POLICY = re.compile(r"manylinux_2_([0-9]{1,2})_")
_LEGACY = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}")


def is_promised(tags: str, environment: RuntimeEnvironment) -> bool:
    """Whether the tags of a wheel promise that the target has all that it needs of the C and C++ libraries.

    Where the C++ library of the target is not known, nothing can be told from it, and the answer is true.

    Args:
        tags: a compressed tag triple that the target admits.
        environment: of the target.
    """
    platforms = tags.lower().rpartition("-")[2].split(".")
    if any(platform.startswith("linux_") for platform in platforms):
        return False
    minors = [minor for minor in map(policy_minor, platforms) if minor is not None]
    known = {name: environment.facts.get(name) for name in (GLIBCXX, CXXABI)}
    if not minors or known[GLIBCXX] is None:
        return True
    ceiling = next((CEILINGS[minor] for minor in CEILINGS if min(minors) <= minor), None)
    if ceiling is None:
        return False
    return all(
        fact is None or (fact.value != ABSENT and numbers(newest) <= numbers(str(fact.value)))
        for newest, fact in zip(ceiling, known.values(), strict=True)
    )


def numbers(version: str) -> tuple[int, ...]:
    """A version of symbols as numbers; empty where it is none."""
    return tuple(map(int, version.split("."))) if _VERSION.fullmatch(version) else ()


def policy_minor(platform: str) -> int | None:
    """The minor version of glibc 2 that a platform tag of manylinux stands for; None for other tags."""
    policy = _POLICY.match(platform)
    return int(policy[1]) if policy else _LEGACY.get(platform.partition("_")[0])
