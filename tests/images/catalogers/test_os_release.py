"""Which distribution a root is of."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.os_release import catalog
from images.facts.environment import Fact
from images.reports.image_config import ImageConfig

DEBIAN = b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
ALPINE = b"ID=alpine\nVERSION_ID=3.23.6\n"


def cataloged(files: dict[bytes, bytes], links: dict[bytes, bytes] | None = None) -> Catalog:
    return catalog(MemoryRoot(files, links), ImageConfig(), Catalog())


def test_through_the_link_that_most_distributions_have() -> None:
    found = cataloged({b"usr/lib/os-release": DEBIAN}, {b"etc/os-release": b"../usr/lib/os-release"})
    assert found == Catalog(
        facts={
            "os.id": Fact(value="debian", source="/etc/os-release"),
            "os.version": Fact(value="12", source="/etc/os-release"),
        }
    )


def test_etc_goes_before_usr_lib() -> None:
    found = cataloged({b"etc/os-release": ALPINE, b"usr/lib/os-release": DEBIAN})
    assert found.facts["os.id"].value == "alpine"


@pytest.mark.parametrize("target", [b"/nowhere", b"../../../../nowhere"])
def test_a_link_to_nowhere_falls_back(target: bytes) -> None:
    found = cataloged({b"usr/lib/os-release": DEBIAN}, {b"etc/os-release": target})
    assert found.facts["os.id"] == Fact(value="debian", source="/usr/lib/os-release")


def test_what_cannot_be_read_is_unknown_and_falls_back() -> None:
    found = cataloged({b"usr/lib/os-release": DEBIAN}, {b"etc/os-release": b"os-release"})
    assert found.facts["os.version"].value == "12"
    assert [unknown.where for unknown in found.unknowns] == ["/etc/os-release"]
    found = cataloged({b"etc/os-release": b"\xff\x00", b"usr/lib/os-release": DEBIAN})
    assert [unknown.reason for unknown in found.unknowns] == ["it states no valid ID"]
    assert found.facts["os.version"].value == "12"


def test_a_file_beyond_all_measure_is_unknown() -> None:
    found = cataloged({b"etc/os-release": b"ID=a\n" * 100_000})
    assert found.facts == {}
    assert [unknown.reason for unknown in found.unknowns] == ["larger than the limit of 65,536 bytes"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"CentOS release 6.10 (Final)\n", ("centos", "6.10")),
        (b"Red Hat Enterprise Linux Server release 6.5 (Santiago)\n", ("rhel", "6.5")),
        (b"Something release 6\n", None),
        (b"", None),
    ],
)
def test_before_there_was_an_os_release(content: bytes, expected: tuple[str, str] | None) -> None:
    facts = cataloged({b"etc/redhat-release": content}).facts
    if expected is None:
        assert facts == {}
    else:
        assert (facts["os.id"].value, facts["os.version"].value) == expected
        assert facts["os.id"].confidence is Confidence.LIKELY


def test_nothing() -> None:
    assert cataloged({}) == Catalog()
