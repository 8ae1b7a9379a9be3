from __future__ import annotations

from collections.abc import Callable, Sequence

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import file_record
from fakes.indexes.variants import StatedFeatures, variants_json
from knowledge.indexes.cutoffs import uploaded_before
from knowledge.indexes.listings import listing_from_entries, listing_from_files, with_links
from knowledge.indexes.shelves import Shelf
from knowledge.releases import ListedFile, Listing
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.stores.store import MEMORY
from knowledge.variants.choice import MOST_RELEASES, MOST_WHEELS, VariantPolicy, with_variants
from knowledge.variants.documents import parse_variants
from knowledge.variants.reading import Source
from knowledge.variants.records import VariantsDocument

VARIANTS = {"fast": {"cpu": {"level": ["3"]}}, "slow": {"cpu": {"level": ["1"]}}}
DOCUMENT = parse_variants(variants_json(["cpu"], VARIANTS))
TARGET = StatedFeatures({"cpu": {"level": ["2", "1"]}})


class StatedReader:
    """Answers with the same document, or with what `answer` makes of a source."""

    def __init__(self, answer: Callable[[Source], VariantsDocument | str] = lambda _: DOCUMENT) -> None:
        self.answer = answer
        self.asked: list[Source] = []

    def read(self, sources: Sequence[Source]) -> list[VariantsDocument | str]:
        self.asked += sources
        return [self.answer(source) for source in sources]


def policy(*, tags: str = "py3-none-any") -> VariantPolicy:
    return VariantPolicy(features=TARGET, installs=lambda found: found == tags)


def entry(filename: str, uploaded: str | None = None) -> ListedFile:
    return ListedFile(filename=filename, url=f"https://files.example/{filename}", upload_time=uploaded)


def listing(*filenames: str) -> Listing:
    return listing_from_entries("foo", map(entry, filenames))


def wheel(version: str, label: str = "", tags: str = "py3-none-any") -> str:
    return f"foo-{version}-{tags}{label and '-'}{label}.whl"


def test_without_a_choice_labelled_wheels_are_names_that_are_no_names() -> None:
    found = listing(wheel("1.0"), wheel("1.0", "fast"), wheel("2.0", "null"), "foo-1.0-variants.json")
    assert found.versions == ("1.0",)
    assert found.unparsed == tuple(
        sorted((wheel("1.0", "fast"), wheel("2.0", "null"), "foo-1.0-variants.json"))
    )
    assert {one.filename for one in found.labelled_files()} == set(found.unparsed)
    assert listing(wheel("1.0"), "foo-1.0.exe").labelled == b""


def test_what_fits_has_the_tags_of_its_name_and_what_does_not_those_that_no_target_has() -> None:
    names = [
        wheel("1.0"),
        wheel("1.0", "fast"),
        wheel("1.0", "slow"),
        wheel("1.0", "null"),
        wheel("1.0", "odd"),
    ]
    found = with_variants(listing(*names, "foo-1.0-variants.json"), policy(), StatedReader())
    files = {file.filename: (file.place, file.tags) for file in found.files(0)}
    assert files == {
        wheel("1.0"): (None, "py3-none-any"),
        wheel("1.0", "fast"): (None, "py3-none-any-fast"),
        wheel("1.0", "null"): (1, "py3-none-any"),
        wheel("1.0", "odd"): (None, "py3-none-any-odd"),
        wheel("1.0", "slow"): (0, "py3-none-any"),
    }
    assert {shape.tags for shape in found.shapes[0]} == {tags for _, tags in files.values()}
    known = found.variants_of(0)
    assert known is not None
    assert [variant.label for variant in known.variants] == ["slow", "null", "fast"]
    assert [unknown.what for unknown in known.unknowns] == ["variant odd of foo 1.0"]
    assert found.unparsed == ("foo-1.0-variants.json",)


def test_versions_are_one_release_however_they_are_spelled() -> None:
    names = [wheel("1.0.0"), wheel("1.0", "slow"), wheel("v1", "fast"), "foo-1-variants.json"]
    reader = StatedReader()
    found = with_variants(listing(*names), policy(), reader)
    assert found.versions == ("1.0.0",)
    [source] = reader.asked
    assert source.document is not None and source.document.filename == "foo-1-variants.json"
    assert sorted(file.place is not None for file in found.files(0)) == [False, False, True]


def test_nothing_is_asked_of_wheels_that_the_target_cannot_install_or_that_mean_nothing() -> None:
    reader = StatedReader()
    other = "cp27-cp27m-win32"
    names = [
        wheel("1.0", "fast", other),
        "foo-1.0-variants.json",
        wheel("2.0", "null"),
        "foo-2.0-variants.json",
    ]
    found = with_variants(listing(*names), policy(), reader)
    assert reader.asked == []
    assert [file.place for file in found.files(1)] == [0]
    assert [file.tags for file in found.files(0)] == [f"{other}-fast"]


def test_of_a_project_with_many_releases_the_newest_are_looked_at() -> None:
    reader = StatedReader()
    releases = range(MOST_RELEASES + 2)
    names = [name for n in releases for name in (wheel(f"{n}.0", "slow"), f"foo-{n}.0-variants.json")]
    found = with_variants(listing(*names), policy(), reader)
    assert len(reader.asked) == MOST_RELEASES
    newest, oldest = found.variants_of(MOST_RELEASES + 1), found.variants_of(1)
    assert newest is not None and not newest.unknowns
    assert oldest is not None and "newer releases" in oldest.unknowns[0].reason
    assert [file.place for file in found.files(1)] == [None]


def test_without_documents_only_so_many_wheels_are_asked() -> None:
    reader = StatedReader()
    labels = ("fast", "slow")
    names = [wheel(f"{number}.0", label) for number in range(MOST_WHEELS) for label in labels]
    found = with_variants(listing(*names), policy(), reader)
    assert sum(len(source.asked) for source in reader.asked) == MOST_WHEELS
    newest, oldest = found.variants_of(MOST_WHEELS - 1), found.variants_of(0)
    assert newest is not None and not newest.unknowns
    assert oldest is not None and oldest.unknowns


def test_what_cannot_be_read_is_an_unknown_and_null_fits_all_the_same() -> None:
    names = [wheel("1.0", "slow"), wheel("1.0", "null"), "foo-1.0-variants.json"]
    found = with_variants(listing(*names), policy(), StatedReader(lambda _: "it is broken"))
    known = found.variants_of(0)
    assert known is not None
    assert [(one.what, one.where, one.reason) for one in known.unknowns] == [
        ("variants of foo 1.0", "foo-1.0-variants.json", "it is broken")
    ]
    assert {file.filename: file.place for file in found.files(0)} == {
        wheel("1.0", "slow"): None,
        wheel("1.0", "null"): 0,
    }


def test_without_a_document_one_wheel_of_each_label_is_asked() -> None:
    reader = StatedReader()
    names = [
        wheel("1.0", label, tags) for label in ("fast", "slow", "null") for tags in ("py3-none-any",) * 2
    ]
    with_variants(listing(*names, "bar-1.0-variants.json", "foo-2.0-variants.json"), policy(), reader)
    [source] = reader.asked
    assert source.document is None
    assert [file.filename for file in source.asked] == [wheel("1.0", "fast"), wheel("1.0", "slow")]


def test_a_cutoff_counts_for_variants_too() -> None:
    files = [entry(wheel("1.0"), "2024-01-01T00:00:00Z"), entry(wheel("1.0", "slow"), "2025-01-01T00:00:00Z")]
    found = with_variants(listing_from_entries("foo", files), policy(), StatedReader())
    assert [file.place for file in found.files(0)] == [0, None]
    early = uploaded_before(found, "2024-06-01T00:00:00")
    assert [file.filename for file in early.files(0)] == [wheel("1.0")]
    late = uploaded_before(found, "2026-01-01T00:00:00")
    assert [file.place for file in late.files(0)] == [0, None]


def test_find_links_add_variants() -> None:
    found = with_links("foo", listing(wheel("1.0", "fast")), [entry(wheel("1.0", "slow"))])
    chosen = with_variants(found, policy(), StatedReader())
    assert {file.filename: file.place for file in chosen.files(0)} == {
        wheel("1.0", "fast"): None,
        wheel("1.0", "slow"): 0,
    }


def test_a_listing_that_was_stored_without_variants_is_asked_for_again() -> None:
    store = SqliteStore(MEMORY)
    shelf = Shelf("https://index.example/", store, lambda: 1000.0, 600)
    old = Listing(
        **{
            **{name: getattr(listing(wheel("1.0")), name) for name in Listing.__struct_fields__},
            "unparsed": (wheel("1.0", "fast"),),
        }
    )
    for name, kept in {"old": old, "new": listing(wheel("1.0"), wheel("1.0", "fast"))}.items():
        shelf.keep_listing(name, kept, '"etag"')
    shelf.flush()
    assert {name: one.etag for name, one in shelf.listings(["old", "new"]).items()} == {
        "old": None,
        "new": '"etag"',
    }
    store.close()


def test_what_is_not_of_a_variant_is_as_before() -> None:
    index = FakeIndex()
    index.add("foo", "1.0", sdist=True, tags=["py3-none-any", "cp311-abi3-linux_x86_64"])
    files = [file_record(index, "foo", file) for file in index.files("foo")]
    plain = listing_from_files("foo", files)
    assert with_variants(plain, policy(), StatedReader()) == plain
