"""Known vulnerabilities: imported from files, told with every type, avoided by ``security``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.advisories import CRITICAL, osv
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

LOW = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
TODAY, LATER = "1717200000", "1718200000"
"""2024-06-01 and 2024-06-12."""


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    for version in ("1.0", "1.1", "1.2", "2.0"):
        index.add("app", version, requires=["lib"])
    for version in ("1.0", "1.1", "1.2", "2.0"):
        index.add("lib", version)
    index.add("young", "1.0")
    index.add("young", "1.1", uploaded_at="2024-05-31T00:00:00Z")
    with IndexServer(index) as running:
        yield running


def with_advisories(stackwright: Commands, **documents: bytes) -> Ran:
    for name, content in documents.items():
        stackwright.write(f"osv/{name}.json", content)
    return stackwright.main("knowledge", "import-osv", "osv")


def pins(ran: Ran) -> dict[str, str]:
    assert ran.code == 0, ran.err
    return {pin["name"]: pin["version"] for pin in ran.json["pins"]}


def test_security_leaves_what_is_vulnerable_in_dependencies_too(stackwright: Commands) -> None:
    bad = osv("CVE-1", "lib", {"introduced": "1.2"}, vector=CRITICAL)
    told = with_advisories(stackwright, bad=bad)
    assert told.code == 0
    assert told.out == "1 advisory about 1 project from 1 document; 0 withdrawn, 0 not read\n"
    safe = stackwright.advise("app", "--type", "security", "--format", "json", SOURCE_DATE_EPOCH=TODAY)
    assert pins(safe) == {"app": "2.0", "lib": "1.1"}
    (lib,) = (pin for pin in safe.json["pins"] if pin["name"] == "lib")
    assert any(
        rejected["version"] == "2.0" and "CVE-1 (9.8)" in rejected["reason"]["message"]
        for rejected in lib["rejected"]
    ), lib["rejected"]


def test_every_type_tells_what_is_vulnerable_and_what_fixes_it(stackwright: Commands) -> None:
    bad = osv("CVE-1", "lib", {"introduced": "0"}, {"fixed": "2.1"}, vector=CRITICAL)
    with_advisories(stackwright, bad=bad, other=osv("PYSEC-9", "lib", {"introduced": "2.0"}))
    ran = stackwright.advise("app", "--format", "json", SOURCE_DATE_EPOCH=TODAY)
    assert pins(ran) == {"app": "2.0", "lib": "2.0"}
    (lib,) = (pin for pin in ran.json["pins"] if pin["name"] == "lib")
    (warning,) = (reason for reason in lib["reasons"] if reason["unit"] == "known-vulnerabilities")
    assert warning["level"] == "warning"
    assert warning["message"] == (
        "lib 2.0 has 2 known vulnerabilities: CVE-1 (9.8), PYSEC-9 (not rated); CVE-1 is fixed in 2.1"
    )
    text = stackwright.advise("app", SOURCE_DATE_EPOCH=TODAY)
    assert "CVE-1" in text.out


def test_where_everything_is_vulnerable_the_least_is_taken(stackwright: Commands) -> None:
    grave = osv("CVE-1", "lib", {"introduced": "1.1"}, vector=CRITICAL)
    slight = osv("CVE-2", "lib", {"introduced": "0"}, vector=LOW)
    with_advisories(stackwright, grave=grave, slight=slight)
    ran = stackwright.advise("app", "--type", "security", "--format", "json", SOURCE_DATE_EPOCH=TODAY)
    assert pins(ran)["lib"] == "1.0"


def test_a_constraint_still_rules(stackwright: Commands) -> None:
    with_advisories(stackwright, bad=osv("CVE-1", "lib", {"introduced": "1.2"}, vector=CRITICAL))
    ran = stackwright.advise(
        "app", "lib==2.0", "--type", "security", "--format", "json", SOURCE_DATE_EPOCH=TODAY
    )
    assert pins(ran)["lib"] == "2.0"


def test_security_leaves_the_newest_days_to_others(stackwright: Commands) -> None:
    young = ["young", "--format", "json"]
    assert pins(stackwright.advise(*young, "--type", "security", SOURCE_DATE_EPOCH=TODAY)) == {"young": "1.0"}
    assert pins(stackwright.advise(*young, SOURCE_DATE_EPOCH=TODAY)) == {"young": "1.1"}
    assert pins(stackwright.advise(*young, "--type", "security", SOURCE_DATE_EPOCH=LATER)) == {"young": "1.1"}


def test_advisories_outlive_the_cache_unless_they_are_named(stackwright: Commands) -> None:
    with_advisories(stackwright, bad=osv("CVE-1", "lib", {"introduced": "1.2"}, vector=CRITICAL))
    stackwright.advise("app", SOURCE_DATE_EPOCH=TODAY)
    assert "records of advisories" not in stackwright.main("cache", "clear").out
    assert "advisories of osv: 1 record" in stackwright.main("cache", "info").out
    assert stackwright.main("cache", "clear", "--advisories").out.startswith(
        "Removed 1 records of advisories"
    )
    assert (
        pins(stackwright.advise("app", "--type", "security", "--format", "json", SOURCE_DATE_EPOCH=TODAY))[
            "lib"
        ]
        == "2.0"
    )


def test_documents_that_cannot_be_read_are_named(stackwright: Commands) -> None:
    ran = with_advisories(stackwright, broken=b"{", good=osv("CVE-1", "lib", {"introduced": "0"}))
    assert ran.code == 1
    assert "osv/broken.json: advisory not read: " in ran.err
    assert ran.out == "1 advisory about 1 project from 2 documents; 0 withdrawn, 1 not read\n"
    as_json = stackwright.main("knowledge", "import-osv", "osv", "--format", "json")
    assert (as_json.json["unread"], as_json.json["projects"]) == (1, 1)


def test_a_path_that_is_not_there_is_one_clear_message(stackwright: Commands) -> None:
    ran = stackwright.main("knowledge", "import-osv", "gone.zip")
    assert ran.code == 2
    assert ran.err.startswith("stackwright: error: gone.zip: No such file or directory\n  name a document")


@pytest.mark.parametrize("kind", ["latest", "stable", "performance", "security"])
def test_every_type_tells_what_its_index_does_not_call_active(
    stackwright: Commands, server: IndexServer, kind: str
) -> None:
    assert isinstance(server.site, FakeIndex)
    server.site.statuses["lib"] = {"status": "archived", "reason": "use \x1b[31mbar"}
    ran = stackwright.advise("app", "--type", kind, "--format", "json", SOURCE_DATE_EPOCH=TODAY)
    (lib,) = (pin for pin in ran.json["pins"] if pin["name"] == "lib")
    (warning,) = (reason for reason in lib["reasons"] if reason["unit"] == "project-status")
    assert warning["level"] == "warning"
    assert warning["message"] == "lib is archived, as its index says: use \x1b[31mbar"
    shown = stackwright.advise("app", "--type", kind, SOURCE_DATE_EPOCH=TODAY)
    assert "warning: lib is archived, as its index says: use " in shown.out
    assert "\x1b" not in shown.out
