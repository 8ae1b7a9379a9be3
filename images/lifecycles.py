"""How long Pythons and operating systems get security fixes: the tables in ``lifecycles.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

_TABLES = Path(__file__).with_name("lifecycles.toml")


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


def python_lifecycles() -> Mapping[str, Lifecycle]:
    """By minor version; the schedules are CPython's, and others follow them."""
    return _tables()["python"]


def python_lifecycle(version: str) -> Lifecycle | None:
    """That of a release such as ``3.8.19``; None where nothing is known of it."""
    return python_lifecycles().get(".".join(version.split(".")[:2]))


def os_lifecycle(os_id: str, version: str) -> Lifecycle | None:
    """That of an operating system, by the facts ``os.id`` and ``os.version``.

    A version may be more precise than the table: 8.9 is one of 8, and 3.18.4 one of 3.18.
    """
    releases = _tables().get(f"os {os_id}", {})
    parts = version.split(".")
    return next(
        (releases[key] for n in range(len(parts), 0, -1) if (key := ".".join(parts[:n])) in releases), None
    )


@functools.cache
def _tables() -> Mapping[str, Mapping[str, Lifecycle]]:
    with _TABLES.open("rb") as stream:
        stated = tomllib.load(stream)
    tables = {
        "python": {
            minor: Lifecycle(
                product="Python", release=minor, until=row["until"],
                source=f"https://peps.python.org/pep-{row['pep']:04}/",
            )
            for minor, row in stated["python"]["releases"].items()
        }
    }  # fmt: skip
    for os_id, table in stated["os"].items():
        tables[f"os {os_id}"] = {
            release: Lifecycle(product=table["name"], release=release, until=until, source=table["source"])
            for release, until in table["releases"].items()
        }
    return tables
