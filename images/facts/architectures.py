"""Names of machine architectures: every system spells them its own way, facts hold one spelling."""

from __future__ import annotations

_CANONICAL = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "arm64": "aarch64",
    "386": "i686",
    "i386": "i686",
    "i486": "i686",
    "i586": "i686",
    "x86": "i686",
    "arm": "armv7l",
    "armv7": "armv7l",
    "armv6": "armv6l",
    "loong64": "loongarch64",
    "powerpc64le": "ppc64le",
    "riscv64gc": "riscv64",
}

_SPELLINGS = {
    "darwin": {"aarch64": "arm64"},
    "windows": {"x86_64": "AMD64", "aarch64": "ARM64", "i686": "x86"},
}

_CONTAINER = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "i686": "386",
    "armv6l": "arm/v6",
    "armv7l": "arm/v7",
    "armv8l": "arm/v7",
    "loongarch64": "loong64",
}

ARCHITECTURES = {
    "linux": frozenset(
        {
            *("x86_64", "aarch64", "i686", "armv6l", "armv7l", "armv8l"),
            *("ppc64", "ppc64le", "s390x", "riscv64", "loongarch64"),
        }
    ),
    "darwin": frozenset({"x86_64", "aarch64"}),
    "windows": frozenset({"x86_64", "aarch64", "i686"}),
}
"""By kernel, the architectures that can be named as a target."""


def canonical_architecture(name: str) -> str:
    """The spelling that facts use, which is the Linux kernel's, such as ``x86_64``, ``aarch64``, ``armv7l``.

    A name that is not known comes back in lower case.
    """
    lowered = name.lower()
    return _CANONICAL.get(lowered, lowered)


def machine_spelling(architecture: str, kernel: str) -> str:
    """The way a kernel spells a canonical architecture, as in the marker ``platform_machine``."""
    return _SPELLINGS.get(kernel, {}).get(architecture, architecture)


def container_architecture(architecture: str) -> str:
    """The way the container world spells a canonical architecture, variant included, such as ``arm/v7``."""
    return _CONTAINER.get(architecture, architecture)
