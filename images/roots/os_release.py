"""The ``os-release`` file: which distribution a root file system is, and of what version."""

from __future__ import annotations

import re

from images.facts.environment import Fact, RuntimeEnvironment

OS_RELEASE_PATHS = ("etc/os-release", "usr/lib/os-release")
"""Where it stands below a root, in the order of precedence."""

LARGEST_OS_RELEASE_BYTES = 64 * 1024

_ASSIGNMENT = re.compile(r"""\s*([A-Z][A-Z0-9_]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\\]*)\s*""")
_ESCAPE = re.compile(r"""\\([\\"$`'])""")
_IDENTIFIER = re.compile(r"[a-z0-9._-]{1,64}")


def parse_os_release(content: bytes) -> dict[str, str]:
    """The assignments of the file, later ones over earlier ones; lines that are none are passed over.

    Source: os-release(5).
    """
    values = {}
    for line in content[:LARGEST_OS_RELEASE_BYTES].decode("utf-8", "replace").splitlines():
        match = _ASSIGNMENT.fullmatch(line)
        if match is None:
            continue
        name, value = match.groups()
        if value.startswith('"'):
            value = _ESCAPE.sub(r"\1", value)
        values[name] = value[1:-1] if value[:1] in ('"', "'") else value
    return values


def distribution_facts(content: bytes, source: str) -> RuntimeEnvironment:
    """``os.id`` and ``os.version``, each where the file states it in the characters that are allowed for it.

    Rolling distributions have no version.
    """
    values = parse_os_release(content)
    stated = {"os.id": values.get("ID", ""), "os.version": values.get("VERSION_ID", "")}
    return RuntimeEnvironment(
        facts={
            name: Fact(value=value, source=source)
            for name, value in stated.items()
            if _IDENTIFIER.fullmatch(value)
        }
    )
