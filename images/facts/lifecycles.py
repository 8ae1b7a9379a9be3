"""How long Pythons and operating systems get security fixes; that of systems is in ``lifecycles.toml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import msgspec

_TABLES = Path(__file__).with_name("lifecycles.toml")
_PYTHONS = {
    "2.7": ("2020-01-01", 373),
    "3.0": ("2009-06", 361),
    "3.1": ("2012-04", 375),
    "3.2": ("2016-02", 392),
    "3.3": ("2017-09", 398),
    "3.4": ("2019-03", 429),
    "3.5": ("2020-09", 478),
    "3.6": ("2021-12", 494),
    "3.7": ("2023-06", 537),
    "3.8": ("2024-10", 569),
    "3.9": ("2025-10", 596),
    "3.10": ("2026-10", 619),
    "3.11": ("2027-10", 664),
    "3.12": ("2028-10", 693),
    "3.13": ("2029-10", 719),
    "3.14": ("2030-10", 745),
    "3.15": ("2031-10", 790),
}
"""Minor version to its last day, or month, and the PEP of its schedule. As of 2026-11."""


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """How long one release is looked after.

    Attributes:
        product: such as ``Debian``.
        release: as the table has it: ``3.18`` for Alpine 3.18.4.
        until: the last day (``2024-06-30``) or month (``2024-06``) with security fixes.
        source: where that is announced.
    """

    product: str
    release: str
    until: str
    source: str

    def is_over(self, today: str) -> bool:
        """Whether a day, as ``2026-01-31``, lies behind it."""
        return today[: len(self.until)] > self.until


@functools.cache
def python_lifecycles() -> Mapping[str, Lifecycle]:
    """By minor version; the schedules are CPython's, and others follow them."""
    return {
        minor: Lifecycle(
            product="Python", release=minor, until=until, source=f"https://peps.python.org/pep-{pep:04}/"
        )
        for minor, (until, pep) in _PYTHONS.items()
    }


def python_lifecycle(version: str) -> Lifecycle | None:
    """That of a release such as ``3.8.19``; None where nothing is known of it."""
    return python_lifecycles().get(".".join(version.split(".")[:2]))


def os_lifecycle(os_id: str, version: str) -> Lifecycle | None:
    """That of an operating system, by the facts ``os.id`` and ``os.version``.

    A version may be more precise than the table: 8.9 is one of 8, and 3.18.4 one of 3.18.
    """
    releases = _systems().get(os_id, {})
    parts = version.split(".")
    return next(
        (releases[key] for n in range(len(parts), 0, -1) if (key := ".".join(parts[:n])) in releases), None
    )


@functools.cache
def _systems() -> Mapping[str, Mapping[str, Lifecycle]]:
    import tomllib  # slow, and advice asks for Pythons alone

    with _TABLES.open("rb") as stream:
        stated = tomllib.load(stream)
    return {
        os_id: {
            release: Lifecycle(product=table["name"], release=release, until=until, source=table["source"])
            for release, until in table["releases"].items()
        }
        for os_id, table in stated["os"].items()
    }
