from __future__ import annotations

import pytest

from images.facts.distribution_libcs import libc_of
from images.facts.stated_facts import stated_facts


@pytest.mark.parametrize(
    ("name", "version", "libc"),
    [
        ("debian", "12", ("glibc", "2.36")),
        ("ubuntu", "22.04", ("glibc", "2.35")),
        ("rocky", "9.4", ("glibc", "2.34")),
        ("ubi", "8", ("glibc", "2.28")),
        ("alpine", "3.20", ("musl", "1.2")),
        ("ubuntu", "22", None),
        ("debian", "99", None),
        ("plan9", "4", None),
    ],
)
def test_distributions_have_their_libc(name: str, version: str, libc: tuple[str, str] | None) -> None:
    found = libc_of(stated_facts([("os.id", name), ("os.version", version)], "--fact").known)
    assert (found.text("libc.name"), found.text("libc.version")) == (libc or (None, None))


def test_a_distribution_without_version_tells_nothing() -> None:
    assert list(libc_of(stated_facts([("os.id", "debian")], "--fact").known)) == []
