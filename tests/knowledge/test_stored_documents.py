"""Documents from the store: the newest release of each project over all indexes, and nothing damaged."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from knowledge.documents.stored import stored_documents
from knowledge.indexes.shelves import METADATA_FORMAT
from knowledge.releases import Metadata, MetadataSource
from knowledge.stores.locations import open_store
from knowledge.stores.store import MetadataRow
from topics.errors import DocumentsError

INDEX, OTHER = "https://a.example/simple/", "https://b.example/simple/"


def row(index: str, number: int, name: str, version: str, summary: str = "") -> MetadataRow:
    metadata = Metadata(
        name=name,
        version=version,
        requires_dist=("dep>=1",),
        requires_python=None,
        extras=(),
        source=MetadataSource.WHEEL,
        summary=summary,
        classifiers=("Topic :: Internet",),
    )
    return MetadataRow(index, f"sha256:{number:064x}", 100, METADATA_FORMAT, msgspec.msgpack.encode(metadata))


def test_the_newest_final_release_over_all_indexes(tmp_path: Path) -> None:
    location = str(tmp_path / "store.sqlite3")
    store = open_store(location)
    rows = [
        row(INDEX, 1, "shop", "9.0", "old"),
        row(OTHER, 2, "shop", "10.0", "new"),
        row(INDEX, 3, "shop", "11.0rc1", "not yet"),
        row(INDEX, 4, "early", "0.1a1", "only that"),
        row(INDEX, 5, "twice", "1.0"),
        row(INDEX, 6, "twice", "1.0", "says it"),
        row(INDEX, 7, "odd", "no version"),
        row(INDEX, 8, "other-format", "1.0")._replace(format=METADATA_FORMAT + 1),
        row(INDEX, 9, "damaged", "1.0")._replace(payload=b"\xc1"),
    ]
    rows += [row(INDEX, 100 + number, f"many-{number:04}", "1.0") for number in range(1_200)]
    store.bulk_load([], rows)
    store.close()
    found = list(stored_documents(location))
    texts = {each.name: (each.version, each.summary) for each in found if not each.name.startswith("many")}
    assert texts == {
        "shop": ("10.0", "new"),
        "early": ("0.1a1", "only that"),
        "twice": ("1.0", "says it"),
    }
    assert len(found) == 1_203
    assert [each.name for each in found] == sorted(each.name for each in found)
    assert (found[0].requires, found[0].classifiers) == (("dep>=1",), ("Topic :: Internet",))


def test_a_store_without_metadata_says_how_to_fill_it(tmp_path: Path) -> None:
    location = str(tmp_path / "store.sqlite3")
    open_store(location).close()
    with pytest.raises(DocumentsError, match="has no metadata") as refused:
        list(stored_documents(location))
    assert "stackwright advise" in refused.value.__notes__[0]
