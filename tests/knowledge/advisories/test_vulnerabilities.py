from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from fakes.indexes.advisories import CRITICAL, osv
from knowledge.advisories.osv import read_osv
from knowledge.advisories.vulnerabilities import Vulnerability, vulnerabilities


def known(*documents: bytes) -> list[Vulnerability]:
    return vulnerabilities(advisory for document in documents for advisory in read_osv(document))


def affected(vulnerability: Vulnerability, *versions: str) -> list[str]:
    return [version for version in versions if vulnerability.affects(Version(version))]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([{"introduced": "0"}], ["0.9", "1.0rc1", "1.0", "1.0.post1", "1.5", "2.0", "3.0"]),
        ([{"introduced": "0"}, {"fixed": "1.5"}], ["0.9", "1.0rc1", "1.0", "1.0.post1"]),
        ([{"introduced": "1.0"}, {"fixed": "2.0"}], ["1.0", "1.0.post1", "1.5"]),
        ([{"introduced": "1.0"}, {"last_affected": "1.5"}], ["1.0", "1.0.post1", "1.5"]),
        (
            [{"fixed": "1.5"}, {"introduced": "3.0"}, {"introduced": "0"}],
            ["0.9", "1.0rc1", "1.0", "1.0.post1", "3.0"],
        ),
        ([{"introduced": "2.0"}, {"limit": "3.0"}], ["2.0", "3.0"]),
        ([{"fixed": "1.0"}], []),
        ([], []),
    ],
)
def test_ranges_are_compared_by_pep_440(events: list[dict[str, str]], expected: list[str]) -> None:
    (one,) = known(osv("PYSEC-1", "lib", *events))
    assert affected(one, "0.9", "1.0rc1", "1.0", "1.0.post1", "1.5", "2.0", "3.0") == expected


def test_versions_count_besides_ranges_and_local_builds_as_what_they_were_made_of() -> None:
    affects = {"package": {"ecosystem": "PyPI", "name": "lib"}, "versions": ["1.0", "2.0.0", "no version"]}
    (one,) = known(osv("PYSEC-1", "lib", affected=[affects]))
    assert affected(one, "1.0", "1.0+cu118", "2.0", "3.0") == ["1.0", "1.0+cu118", "2.0"]


def test_advisories_that_share_a_name_are_one_vulnerability() -> None:
    found = known(
        osv("GHSA-a", "lib", {"introduced": "0"}, {"fixed": "1.0"}, aliases=["CVE-1"], summary=""),
        osv("GHSA-b", "lib", {"introduced": "0"}, aliases=["CVE-2"]),
        osv("PYSEC-1", "lib", {"introduced": "2.0"}, {"fixed": "2.1"}, aliases=["CVE-1"], vector=CRITICAL),
    )
    assert [(one.id, one.aliases, one.severity, one.is_rated) for one in found] == [
        ("CVE-1", ("GHSA-a", "PYSEC-1"), 98, True),
        ("CVE-2", ("GHSA-b",), 55, False),
    ]
    assert affected(found[0], "0.5", "1.5", "2.0", "2.1") == ["0.5", "2.0"]
    assert found[0].summary == "something bad in lib"
    assert found[0].fixed_after(Version("0.5")) == "1.0"
    assert found[0].fixed_after(Version("2.0")) == "2.1"
    assert found[1].fixed_after(Version("2.0")) is None


def test_chains_of_aliases_join_whatever_the_order() -> None:
    documents = [
        osv("A-1", "lib", {"introduced": "1"}, aliases=["B-1"]),
        osv("C-1", "lib", {"introduced": "3"}, aliases=["D-1"]),
        osv("B-2", "lib", {"introduced": "2"}, aliases=["B-1", "D-1"]),
    ]
    (one,) = known(*documents)
    assert {one.id, *one.aliases} == {"A-1", "B-1", "B-2", "C-1", "D-1"}
    assert known(*reversed(documents)) == [one]


def test_what_is_withdrawn_says_nothing() -> None:
    assert known(osv("PYSEC-1", "lib", {"introduced": "0"}, withdrawn="2024-06-01T00:00:00Z")) == []


def test_words_stand_for_scores_where_there_are_none() -> None:
    (one,) = known(osv("GHSA-1", "lib", {"introduced": "0"}, database_specific={"severity": "high"}))
    assert (one.severity, one.is_rated) == (78, True)


numbers = st.integers(0, 6)


@given(
    st.lists(st.tuples(st.sampled_from(["introduced", "fixed", "last_affected"]), numbers), max_size=6),
    numbers,
)
def test_spans_say_what_the_algorithm_of_the_format_says(events: list[tuple[str, int]], asked: int) -> None:
    """The evaluation of https://ossf.github.io/osv-schema/, as it is written there, event by event."""
    vulnerable = False
    order = {"introduced": 0, "fixed": 1, "last_affected": 1}
    for kind, number in sorted(events, key=lambda event: (event[1], order[event[0]])):
        if kind == "introduced" and asked >= number:
            vulnerable = True
        elif (kind == "fixed" and asked >= number) or (kind == "last_affected" and asked > number):
            vulnerable = False
    (one,) = known(osv("PYSEC-1", "lib", *({kind: str(number)} for kind, number in events)))
    assert one.affects(Version(str(asked))) is vulnerable
