from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.metadata import parse_email

from analyzers.metadata import FIELDS_LIMIT, HEAD_LIMIT_BYTES, CoreMetadata, MetadataError, parse_metadata

FULL = b"""\
Metadata-Version: 2.4
Name: Example.Project
Version: 1.0rc1
Summary: One line
Home-page: https://example.org
License-Expression: MIT
Classifier: Programming Language :: Python :: 3
Classifier: Typing :: Typed
Project-URL: Source, https://example.org/source
Requires-Python: >=3.9
Requires-Dist: numpy>=1.20
Requires-Dist: pytest; extra == "test"
Provides-Extra: test
Dynamic: Requires-Dist
Author: Somebody
\n# Example\n\nRequires-Dist: not-this\n"""


def test_reads_every_field() -> None:
    assert parse_metadata(FULL, "METADATA") == CoreMetadata(
        metadata_version="2.4",
        name="Example.Project",
        version="1.0rc1",
        summary="One line",
        requires_dist=("numpy>=1.20", 'pytest; extra == "test"'),
        requires_python=">=3.9",
        provides_extra=("test",),
        dynamic=("requires-dist",),
        classifiers=("Programming Language :: Python :: 3", "Typing :: Typed"),
        license_expression="MIT",
        home_page="https://example.org",
        project_urls={"Source": "https://example.org/source"},
    )


def test_is_a_record_both_ways() -> None:
    metadata = parse_metadata(FULL, "METADATA")
    assert msgspec.json.decode(msgspec.json.encode(metadata), type=CoreMetadata) == metadata


@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
def test_line_endings_do_not_matter(newline: bytes) -> None:
    assert parse_metadata(FULL.replace(b"\n", newline), "x") == parse_metadata(FULL, "x")


def test_field_names_are_case_insensitive_and_values_may_be_folded() -> None:
    metadata = parse_metadata(b"NAME: a\nversion:1\nrequires-DIST: b\n  >=1 ;\n\tpython_version > '3'\n", "x")
    assert metadata.requires_dist == ("b >=1 ; python_version > '3'",)
    assert (metadata.name, metadata.version) == ("a", "1")


def test_a_folded_description_among_the_fields_is_passed_over() -> None:
    folded = b"Text\n        Requires-Dist: no\n        \n        more\n"
    head = b"Name: a\nVersion: 1\nDescription: " + folded + b"Requires-Dist: b\n"
    assert parse_metadata(head, "x").requires_dist == ("b",)


@pytest.mark.parametrize(
    ("summary", "expected"), [("é".encode(), "é"), (b"\xe9", "é"), (b"=?utf-8?q?a?=", "=?utf-8?q?a?=")]
)
def test_encodings(summary: bytes, expected: str) -> None:
    assert parse_metadata(b"Name: a\nVersion: 1\nSummary: " + summary, "x").summary == expected
    assert parse_metadata(b"\xef\xbb\xbfName: a\nVersion: 1\n", "x").name == "a"


def test_repeated_single_fields_are_unparsed_rather_than_guessed() -> None:
    metadata = parse_metadata(b"Name: a\nVersion: 1\nRequires-Python: >=3\nRequires-Python: >=4\n", "x")
    assert metadata.requires_python is None
    assert metadata.unparsed == ("requires-python",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "what", "reason"),
    [
        (b"", "Name", "missing"),
        (b"Version: 1\n", "Name", "missing"),
        (b"Name: a\n", "Version", "missing"),
        (b"Name: a\n\nVersion: 1\n", "Version", "missing"),
        (b"Name: a\nName: b\nVersion: 1\n", "Name", "repeated"),
        (b"Name: a\nVersion: 1\nVersion: 1\n", "Version", "repeated"),
        (b"Name: ../a\nVersion: 1\n", "Name", "no valid project name"),
        (b"Name: a\nVersion: one\n", "Version", "no valid version"),
        (b"Name: a\nVersion: " + b"9" * 5000, "Version", "no valid version"),
        (b"<html>Not found</html>", "Name", "missing"),
        (b"Name: a\nVersion: 1\nSummary: " + b"x" * HEAD_LIMIT_BYTES, "metadata", "exceeds"),
        (b"Name: a\nVersion: 1\n" + b"Dynamic:\n" * 60_000, "metadata", "fields"),
    ],
)
def test_what_names_no_release_is_an_error(data: bytes, what: str, reason: str) -> None:
    with pytest.raises(MetadataError, match=reason) as caught:
        parse_metadata(data, "a-1.dist-info/METADATA")
    assert (caught.value.what, caught.value.where) == (what, "a-1.dist-info/METADATA")


VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20)
FIELD_LISTS = st.lists(
    st.tuples(
        st.sampled_from(["Requires-Dist", "Provides-Extra", "Classifier", "Summary", "Author", "X-Own"]),
        VALUES,
    ),
    max_size=8,
)


@pytest.mark.slow
@given(FIELD_LISTS, st.text(max_size=100))
def test_agrees_with_packaging(fields: list[tuple[str, str]], description: str) -> None:
    text = (
        "Name: a\nVersion: 1\n" + "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + description
    )
    data = text.encode("utf-8", "surrogatepass")
    metadata = parse_metadata(data, "x")
    raw, _ = parse_email(text.partition("\n\n")[0])
    assert list(metadata.requires_dist) == raw.get("requires_dist", [])
    assert list(metadata.provides_extra) == raw.get("provides_extra", [])
    assert list(metadata.classifiers) == raw.get("classifiers", [])
    assert metadata.summary == raw.get("summary")


@given(st.binary(max_size=200))
def test_noise_gives_metadata_or_the_error(noise: bytes) -> None:
    try:
        assert parse_metadata(b"Name: a\nVersion: 1\n" + noise, "x").name == "a"
    except MetadataError as error:
        assert error.where == "x"


_PIECES = [
    *("Name: foo", "Version: 1.0", "version:2", "Summary:", "Summary: \xe9", "Dynamic: A", "dynamic:"),
    *("Project-URL: a, b", "Project-URL: a,", "project-url:c", "Requires-Dist: x>1", "Provides-Extra: t"),
    *("Keywords: a,b", "Requires-Python: >=3", "home-page: =?utf-8?q?x?=", "name :x", "-"),
    *("\n", "\n", "\r\n", "\r", " folded", "\t", " ", "\x0b", "\x0c", "\x85", "\u2028", "\0"),
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_heads_of_any_form_are_read_as_packaging_reads_them(rest: str) -> None:
    text = "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\nAuthor: b\n" + rest
    head = re.split("\n\r?\n|\r\r", text, maxsplit=1)[0]
    # How a line ends is no part of a value: packaging keeps it within folded ones, the record does not.
    raw, unparsed = parse_email(head.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        metadata = parse_metadata(text.encode(), "x")
    except MetadataError as error:
        assert error.what.lower() in unparsed
        return
    for field in ("metadata_version", "name", "version", "summary", "requires_python", "home_page"):
        assert getattr(metadata, field) == _joined(raw.get(field))
    for found, stated in (
        (metadata.requires_dist, raw.get("requires_dist", [])),
        (metadata.provides_extra, raw.get("provides_extra", [])),
        (metadata.classifiers, raw.get("classifiers", [])),
    ):
        assert list(found) == [_joined(value) for value in stated]
    assert metadata.project_urls == raw.get("project_urls", {})
    assert set(metadata.unparsed) == set(unparsed) & {
        "project-url",
        "summary",
        "requires-python",
        "home-page",
    }


def _joined(value: object) -> object:
    if not isinstance(value, str):
        return value
    return " ".join(value.split()) if "\n" in value else value.strip()


def test_a_field_folded_into_many_lines_is_refused_in_little_time() -> None:
    with pytest.raises(MetadataError, match="fields"):
        parse_metadata(b"Name: a\nVersion: 1\nSummary: x\n" + b" y\n" * (FIELDS_LIMIT + 1), "x")
