from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from resolver.states.versions import ABSENT, Versions, bit, newest, positions, span

NUMBERS = st.integers(0, 3)
RELEASES = st.lists(NUMBERS, min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
EPOCHS = st.sampled_from(("", "", "", "1!"))
PRE = st.sampled_from(("", "", "a0", "a1", "b1", "rc1"))
POST = st.sampled_from(("", "", ".post0", ".post2"))
DEV = st.sampled_from(("", "", ".dev0", ".dev2"))
LOCAL = st.sampled_from(("", "", "+local", "+1", "+Ab.2"))

PUBLIC = st.tuples(EPOCHS, RELEASES, PRE, POST, DEV).map("".join)
VERSIONS = st.tuples(PUBLIC, LOCAL).map("".join)
STARRED = st.tuples(EPOCHS, RELEASES).map("".join)
DOTTED = st.tuples(
    EPOCHS, st.lists(NUMBERS, min_size=2, max_size=3).map(lambda n: ".".join(map(str, n))), PRE, POST
).map("".join)
CLAUSES = st.one_of(
    st.tuples(st.sampled_from((">=", "<=", ">", "<")), PUBLIC).map("".join),
    st.tuples(st.sampled_from(("==", "!=", "===")), VERSIONS).map("".join),
    st.tuples(st.sampled_from(("==", "!=")), STARRED, st.just(".*")).map("".join),
    st.tuples(st.just("~="), DOTTED).map("".join),
)
SETS = st.lists(CLAUSES, max_size=3).map(",".join)
LISTS = st.lists(VERSIONS, max_size=12)


def canonical(texts: list[str]) -> tuple[str, ...]:
    return tuple(map(str, sorted(set(map(Version, texts)))))


def admitted(texts: tuple[str, ...], specifiers: str) -> list[str]:
    return [t for t in texts if SpecifierSet(specifiers).contains(Version(t), prereleases=True)]


def masked(texts: tuple[str, ...], specifiers: str) -> list[str]:
    mask = Versions(texts).mask(specifiers)
    assert not mask & ABSENT
    return [texts[position] for position in positions(mask)][::-1]


@settings(max_examples=300, deadline=None)
@given(LISTS, SETS)
def test_a_mask_holds_exactly_what_packaging_admits(texts: list[str], specifiers: str) -> None:
    assert masked(canonical(texts), specifiers) == admitted(canonical(texts), specifiers)


@settings(max_examples=300, deadline=None)
@given(PUBLIC, st.sampled_from((">=", "<=", ">", "<", "==", "!=", "===")), LISTS)
@example("1.0a1", ">", ["1.0a1", "1.0a1.post1", "1.0a2", "1.0", "1.0.post1"])
@example("2.post2", "<", ["2", "2.post1", "2.post2.dev1", "2.post2"])
@example("1.0", ">", ["1.0", "1.0+local", "1.0.post1", "1.0.post1+local", "1.0.1.dev0"])
@example("1.0", "<=", ["1.0", "1.0+local", "1.0.post1.dev0"])
@example("1.0", "<", ["1.0.dev0", "1.0a1", "0.9+local", "1.0"])
def test_neighbours_of_the_bound_itself(bound: str, operator: str, texts: list[str]) -> None:
    base = bound.split("+")[0]
    around = [bound, *texts, *(f"{base}{tail}" for tail in ("+local", "+1.a"))]
    if "post" not in base and "dev" not in base:
        around += [f"{base}.post0", f"{base}.post0+x", f"{base}.dev0", f"{base}.post0.dev1"]
    listed = canonical(around)
    assert masked(listed, f"{operator}{bound}") == admitted(listed, f"{operator}{bound}")


@pytest.mark.parametrize(
    ("specifiers", "expected"),
    [
        ("", "1.0.dev1 1.0a1 1.0 1.0+local 1.0.post1 1.1 2.0rc1 2.0 1!0.1"),
        ("<1.0", ""),
        ("<=1.0", "1.0.dev1 1.0a1 1.0 1.0+local"),
        ("==1.0", "1.0 1.0+local"),
        ("===1.0", "1.0"),
        ("===1.0+LOCAL", "1.0+local"),
        ("===1.0.0", ""),
        ("==1.0.0", "1.0 1.0+local"),
        ("==1.0+local", "1.0+local"),
        (">1.0", "1.1 2.0rc1 2.0 1!0.1"),
        (">1.0a1", "1.0 1.0+local 1.0.post1 1.1 2.0rc1 2.0 1!0.1"),
        ("==1.*", "1.0.dev1 1.0a1 1.0 1.0+local 1.0.post1 1.1"),
        ("!=1.0.*", "1.1 2.0rc1 2.0 1!0.1"),
        ("!=1.0", "1.0.dev1 1.0a1 1.0.post1 1.1 2.0rc1 2.0 1!0.1"),
        ("~=1.0", "1.0 1.0+local 1.0.post1 1.1"),
        ("~=1.0.0", "1.0 1.0+local 1.0.post1"),
        ("~=1!0.0", "1!0.1"),
        (">=1.0a1,<2.0", "1.0a1 1.0 1.0+local 1.0.post1 1.1"),
        (">2.0,<1.0", ""),
    ],
)
def test_every_operator(specifiers: str, expected: str) -> None:
    listed = ("1.0.dev1", "1.0a1", "1.0", "1.0+local", "1.0.post1", "1.1", "2.0rc1", "2.0", "1!0.1")
    assert masked(listed, specifiers) == expected.split()


@pytest.mark.parametrize("specifiers", ["1.0", ">=one", "==1.0.*.1", "~=1", ">=1.0,", "=>1", "==1.0 ==2.0"])
def test_what_packaging_refuses_is_refused_or_means_the_same(specifiers: str) -> None:
    versions = Versions(("1.0", "2.0"))
    try:
        expected = admitted(versions.texts, specifiers)
    except InvalidSpecifier:
        with pytest.raises(InvalidSpecifier):
            versions.mask(specifiers)
    else:
        assert masked(versions.texts, specifiers) == expected


def parsed(versions: Versions) -> int:
    return sum(version is not None for version in versions._parsed)


@pytest.mark.parametrize("specifiers", [">=700", "<700", "==700", "!=700", "~=700.0", "==700.*", ">700.0"])
def test_a_bound_parses_few_of_many_versions(specifiers: str) -> None:
    versions = Versions(tuple(map(str, range(1 << 12))))
    assert versions.mask(specifiers)
    assert 0 < parsed(versions) <= 2 * 13  # two bisections of 4,096


def test_nothing_is_parsed_where_nothing_is_compared() -> None:
    versions = Versions(("1.0", "2.0", "3.0"))
    assert versions.mask("") == versions.everything == 0b1110
    assert versions.mask("===2.0") == bit(1)
    assert parsed(versions) == 0


def test_a_version_is_parsed_once() -> None:
    versions = Versions(("1.0", "2.0"))
    assert versions[1] is versions[1]
    assert versions[1] == Version("2.0")


def test_no_releases() -> None:
    versions = Versions(())
    assert (len(versions), versions.everything, versions.mask(">=1")) == (0, 0, 0)


@given(st.sets(st.integers(0, 40), min_size=1))
def test_bits_and_positions_are_inverse(places: set[int]) -> None:
    mask = sum(map(bit, places))
    assert list(positions(mask | ABSENT)) == sorted(places, reverse=True)
    assert newest(mask) == max(places)


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_span_is_its_bits(start: int, stop: int) -> None:
    assert span(start, stop) == sum(bit(position) for position in range(start, stop))
