"""Reading documents: whatever a line holds, it becomes a document or is told, and never a crash."""

import gzip
from pathlib import Path

import msgspec
import pytest

from topics.document_lines import DocumentLines, document_file
from topics.documents import DESCRIPTION_LIMIT_CHARACTERS, Document, from_metadata, read_document
from topics.errors import DocumentsError


def lines_of(tmp_path: Path, data: bytes) -> tuple[list[Document], DocumentLines]:
    path = tmp_path / "packages.jsonl"
    path.write_bytes(data)
    lines = document_file(path)
    return list(lines), lines


def test_fields_of_other_types_count_as_absent() -> None:
    document = read_document(
        b'{"name": "x", "summary": 3, "keywords": ["a", "b"], "rank": "1", "labels": null, "requires": "y"}'
    )
    assert document == Document(name="x", keywords="a, b", requires=("y",))


def test_bad_lines_are_told_with_their_numbers_and_the_rest_is_read(tmp_path: Path) -> None:
    data = b'{"name": "a"}\n\n[1]\n{"name": ""}\n{"name"\n{"name": "b\xff"}\n' + b"[" * 100_000 + b"\n"
    documents, lines = lines_of(tmp_path, data)
    assert [document.name for document in documents] == ["a", "b�"]
    assert [unknown.where.rpartition(":")[2] for unknown in lines.unknowns] == ["3", "4", "5", "7"]


def test_a_file_can_be_gone_through_again(tmp_path: Path) -> None:
    path = tmp_path / "packages.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"name": "a"}\n{"name": "b"}\nno\n'))
    lines = document_file(path)
    assert list(lines) == list(lines)
    assert len(lines.unknowns) == 1


def test_what_stands_before_damage_is_read(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(msgspec.json.encode({"name": f"p{n}"}) + b"\n" for n in range(50_000)))
    documents, lines = lines_of(tmp_path, whole[: len(whole) // 2])
    assert 0 < len(documents) < 50_000
    assert "compression is damaged" in lines.unknowns[-1].reason


def test_documents_beyond_the_limit_are_told(tmp_path: Path) -> None:
    path = tmp_path / "packages.jsonl"
    path.write_bytes(b'{"name": "a"}\n' * 5)
    lines = document_file(path, limit=3)
    assert len(list(lines)) == 3
    assert lines.unknowns[0].where.endswith(":4")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentsError, match=r"no\.jsonl: No such file"):
        list(document_file(tmp_path / "no.jsonl"))


def test_a_long_description_is_cut() -> None:
    line = msgspec.json.encode({"name": "a", "description": "long " * 2_000_000})
    assert len(read_document(line).description) == DESCRIPTION_LIMIT_CHARACTERS


METADATA = b"""Metadata-Version: 2.1
Name: Sea-Chart
Version: 1.0
Summary: Draws charts of the sea
Keywords: maps,nautical
  sailing
Classifier: Topic :: Scientific/Engineering :: GIS
Requires-Dist: numpy

# Sea chart

Draws *everything* that floats.
"""


def test_metadata_becomes_a_document() -> None:
    assert from_metadata(METADATA, "METADATA") == Document(
        name="Sea-Chart",
        version="1.0",
        summary="Draws charts of the sea",
        keywords="maps,nautical sailing",
        classifiers=("Topic :: Scientific/Engineering :: GIS",),
        requires=("numpy",),
        description="# Sea chart\n\nDraws *everything* that floats.",
        description_source="wheel",
    )


def test_a_description_may_be_a_folded_field() -> None:
    data = b"Name: a\nVersion: 1\nDescription: First line\n        |Second line\nLicense: MIT\n"
    assert from_metadata(data, "PKG-INFO").description == "First line\n|Second line"
