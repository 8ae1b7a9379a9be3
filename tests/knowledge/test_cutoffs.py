from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.indexes.cutoffs import is_before, uploaded_before
from knowledge.indexes.listings import listing_from_files
from knowledge.releases import File, FileKind, Listing


def listing(files: Mapping[str, str | None], yanked: frozenset[str] = frozenset()) -> Listing:
    return listing_from_files(
        "a",
        [
            File(
                filename=name,
                url=f"https://index.example/{name}",
                kind=FileKind.WHEEL if name.endswith(".whl") else FileKind.SDIST,
                hashes={"sha256": "0" * 64},
                uploaded_at=time,
                yanked="broken" if name in yanked else None,
            )
            for name, time in files.items()
        ],
    )


def names(found: Listing) -> dict[str, list[str]]:
    return {
        version: [file.filename for file in found.files(position)]
        for position, version in enumerate(found.versions)
    }


TIMES = st.one_of(
    st.none(),
    st.datetimes().map(lambda time: time.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")),
    st.datetimes().map(lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")),
)
FILES = st.sampled_from([f"a-{v}{end}" for v in ("1", "2", "3") for end in (".tar.gz", "-py3-none-any.whl")])


@given(st.dictionaries(FILES, TIMES, min_size=1), st.datetimes())
def test_a_listing_keeps_its_releases_and_the_files_of_that_time(
    files: dict[str, str | None], when: object
) -> None:
    moment = str(when)[:19].replace(" ", "T")
    before = listing(files)
    after = uploaded_before(before, moment)
    assert after.versions == before.versions
    kept = {name for name, time in files.items() if is_before(time, moment)}
    assert {name for of_release in names(after).values() for name in of_release} == kept
    of_kept = listing({name: files[name] for name in kept}) if kept else None
    for position, version in enumerate(after.versions):
        shapes = after.shapes[after.shape_of[position]]
        if of_kept is None or version not in of_kept.versions:
            assert shapes == ()
        else:
            at = of_kept.versions.index(version)
            assert shapes == of_kept.shapes[of_kept.shape_of[at]]


def test_nothing_is_decoded_or_changed_where_everything_is_older() -> None:
    before = listing({"a-1.tar.gz": "2020-01-01T00:00:00Z", "a-2.tar.gz": "2021-01-01T00:00:00Z"})
    assert uploaded_before(before, "2022-01-01T00:00:00") == before


def test_a_release_of_which_only_yanked_files_are_left_is_yanked() -> None:
    files = {"a-1.tar.gz": "2020-01-01T00:00:00Z", "a-1-py3-none-any.whl": "2022-01-01T00:00:00Z"}
    before = listing(files, frozenset({"a-1.tar.gz"}))
    assert before.yanked == {}
    assert uploaded_before(before, "2021-01-01T00:00:00").yanked == {0: "broken"}


@pytest.mark.parametrize(
    ("time", "before"),
    [
        ("2024-01-01T00:59:59+01:00", True),
        ("2024-01-01T01:00:00+01:00", False),
        ("2023-12-31T23:59:59.999999Z", True),
        ("2024-01-01T00:00:00Z", False),
        ("yesterday", False),
        (None, False),
    ],
)
def test_times_are_compared_as_moments(time: str | None, before: bool) -> None:
    assert is_before(time, "2024-01-01T00:00:00") is before
