"""``requires.txt`` of an ``*.egg-info`` directory: the dependencies that setuptools noted in an sdist.

It says what held on the machine of its maker; a build elsewhere may say something else. Sections name an
extra, a marker, or both; the lines become dependency specifiers as ``Requires-Dist`` has them.

Source: https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html#requires-txt
"""

from __future__ import annotations

import re
from typing import NamedTuple

LIMIT_BYTES = 1 << 20
_LIMIT_LINES = 20_000
_EXTRA = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
_URL = re.compile(r"[A-Za-z0-9._-]+\s*(?:\[[^]]*\])?\s*@")
_OWN_MARKER = re.compile(r"\s;\s*(?=\S)")


class RequiresTxtError(ValueError):
    """The file is none, or beyond the limits."""


class Requires(NamedTuple):
    """Dependency specifiers (PEP 508) in their order, and the extras that sections name, as written."""

    requires_dist: tuple[str, ...]
    extras: tuple[str, ...]


def parse_requires_txt(content: bytes) -> Requires:
    """What the file asks for; requirements and markers are not checked, only put together.

    Raises:
        RequiresTxtError: it is too large, no UTF-8 text, or has a section whose title names no extra.
    """
    if len(content) > LIMIT_BYTES:
        raise RequiresTxtError(f"has more than {LIMIT_BYTES:,} bytes")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise RequiresTxtError(f"is no UTF-8 text (byte {error.start})") from error
    if len(lines) > _LIMIT_LINES:
        raise RequiresTxtError(f"has more than {_LIMIT_LINES:,} lines")
    requirements: list[str] = []
    extras: dict[str, None] = {}
    extra = marker = ""
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line.startswith("["):
            if not line.endswith("]"):
                raise RequiresTxtError(f"line {number}: a section without its end")
            extra, _, marker = (part.strip() for part in line[1:-1].partition(":"))
            if extra and not _EXTRA.fullmatch(extra):
                raise RequiresTxtError(f"line {number}: {extra[:60]!r} is no name of an extra")
            if extra:
                extras[extra] = None
        elif line and not line.startswith("#"):
            requirements.append(_with_markers(line, marker, extra))
    return Requires(tuple(requirements), tuple(extras))


def _with_markers(line: str, marker: str, extra: str) -> str:
    """A requirement under the conditions of its section, beside its own."""
    requirement, own = line, ""
    if _URL.match(line):
        if found := _OWN_MARKER.search(line):
            requirement, own = line[: found.start()], line[found.end() :]
    else:
        requirement, _, own = (part.strip() for part in line.partition(";"))
    conditions = [part for part in (own, marker) if part]
    if len(conditions) + bool(extra) > 1:
        conditions = [f"({part})" for part in conditions]
    if extra:
        conditions.append(f'extra == "{extra}"')
    separator = " ; " if _URL.match(line) else "; "
    return requirement + (separator + " and ".join(conditions) if conditions else "")
