from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from knowledge.errors import StoreDamagedError
from knowledge.indexes.filenames import FilenameReader, split_label
from knowledge.indexes.listings import kind_of
from knowledge.indexes.simple_api import listing_from_files
from knowledge.releases import File, FileKind, Shape


def file(
    filename: str, *, yanked: str | None = None, requires_python: str | None = None, at: str = "a"
) -> File:
    return File(
        filename=filename,
        url=f"https://files.example/{at}/{filename}",
        kind=kind_of(filename),
        hashes={},
        yanked=yanked,
        requires_python=requires_python,
    )


def wheel(version: str, tags: str = "py3-none-any") -> str:
    return f"foo-{version}-{tags}.whl"


def test_releases_are_in_the_order_of_pep_440() -> None:
    versions = ["1!0.1", "2.0", "1.0", "1.0.dev1", "1.0a2", "1.0.post1", "1.0+local.1", "10.0"]
    listing = listing_from_files("Foo", (file(wheel(version)) for version in versions))
    assert listing.project == "foo"
    assert listing.versions == (
        "1.0.dev1",
        "1.0a2",
        "1.0",
        "1.0+local.1",
        "1.0.post1",
        "2.0",
        "10.0",
        "1!0.1",
    )
    assert listing.prereleases == (0, 1)


def test_versions_are_canonical_and_distinct_whatever_the_order_of_files() -> None:
    files = [
        file(wheel("1.0.0")),
        file("foo-1.0.tar.gz"),
        file(wheel("v2.RC1")),
        file(wheel("2.0rc1", "cp311-abi3-any")),
    ]
    listing = listing_from_files("foo", files)
    assert listing.versions == ("1.0.0", "2.0rc1")
    assert [entry.filename for entry in listing.files(0)] == ["foo-1.0.0-py3-none-any.whl", "foo-1.0.tar.gz"]
    assert listing_from_files("foo", reversed(files)) == listing


def test_a_release_is_yanked_when_all_its_files_are() -> None:
    files = [
        file(wheel("1.0"), yanked=""),
        file("foo-1.0.tar.gz", yanked="broken"),
        file(wheel("2.0"), yanked="broken"),
        file("foo-2.0.tar.gz"),
        file(wheel("3.0"), yanked=""),
    ]
    assert listing_from_files("foo", files).yanked == {0: "broken", 2: ""}


def test_shapes_are_kept_once() -> None:
    files = [file(wheel(f"{major}.0"), requires_python=">=3.8") for major in range(50)]
    files += [file(wheel(f"{major}.0", "cp311-cp311-Linux_x86_64")) for major in range(25, 50)]
    listing = listing_from_files("foo", files)
    pure, native = Shape("py3-none-any", ">=3.8"), Shape("cp311-cp311-linux_x86_64", None)
    assert listing.shapes == ((pure,), (native, pure))
    assert listing.shape_of == (0,) * 25 + (1,) * 25


@pytest.mark.parametrize(
    "filename",
    [
        "bar-1.0-py3-none-any.whl",
        "foo-1.0-py3-none.whl",
        "foo-1.0-x1-py3-none-any.whl",
        "foo-1.0-1-2-py3-none-any.whl",
        "foo-one-py3-none-any.whl",
        "foo-1.0-py3-none-a/../ny.whl",
        "foo-1.0--none-any.whl",
        "foo.whl",
        ".whl",
        "foo.tar.gz",
        "foo-.tar.gz",
        "-1.0.tar.gz",
        "foo-1.0.egg",
        "foo-1.0.win32.exe",
        "foo-" + "9" * 5000 + ".tar.gz",
        "foo-1.0" + "-" * 5000 + ".tar.gz",
        "",
    ],
)
def test_a_name_that_is_not_valid_is_kept_aside(filename: str) -> None:
    listing = listing_from_files("foo", [file(filename), file(wheel("1.0"))], refused=["elsewhere"])
    assert listing.versions == ("1.0",)
    assert listing.unparsed == tuple(sorted([filename, "elsewhere"]))


@pytest.mark.parametrize(
    ("project", "filename", "version"),
    [
        ("python-dateutil", "python-dateutil-2.9.0.post0.tar.gz", "2.9.0.post0"),
        ("python-dateutil", "python_dateutil-2.9.0.zip", "2.9.0"),
        ("foo-2", "foo-2-1.0.tar.gz", "1.0"),
        ("foo", "foo-1.0-1.tar.gz", "1.0.post1"),
        ("zope-interface", "zope.interface-5.0.tar.gz", "5.0"),
        ("foo", "FOO-1.0-2b-py3-none-any.whl", "1.0"),
    ],
)
def test_names_of_former_times_are_read(project: str, filename: str, version: str) -> None:
    assert listing_from_files(project, [file(filename)]).versions == (version,)


def test_of_two_files_of_one_name_the_choice_does_not_depend_on_order() -> None:
    first, second = file(wheel("1.0"), at="a"), file(wheel("1.0"), at="b")
    for files in ([first, second], [second, first]):
        assert listing_from_files("foo", files).files(0) == (first,)


names = st.sampled_from(["foo", "Foo", "fo-o", "foo_bar", "foo.bar", "foo__bar", "_", "", "f+o"])
versions = st.sampled_from(["1", "1.0", "v1", "1!2.0", "1.0+a.b", "1.0_1", "1_0", "", "x", "1.0rc1", "1-1"])
builds = st.sampled_from(["", "-1", "-1a", "-x", "-", "-1-1", "-_1"])
tags = st.sampled_from(
    ["py3-none-any", "cp311.cp312-abi3-win32", "PY3-none-any", "py3-none", "py3-none-any-x", "--", "a b-c-d"]
)


@given(st.tuples(names, versions, builds, tags))
def test_wheel_names_are_read_as_packaging_reads_them(parts: tuple[str, str, str, str]) -> None:
    name, version, build, tag = parts
    filename = f"{name}-{version}{build}-{tag}.whl"
    reader = FilenameReader(canonicalize_name(filename.partition("-")[0]))
    read = reader.read(filename)
    try:
        expected = parse_wheel_filename(filename)[1]
    except InvalidWheelFilename:
        assert read is None
    else:
        assert read is not None
        assert reader.versions[read[0]] == expected


@given(
    st.permutations([wheel(f"{n}.0") for n in range(5)] + [f"foo-{n}.0.tar.gz" for n in range(5)] + ["x.egg"])
)
def test_a_listing_does_not_depend_on_the_order_of_the_page(names: list[str]) -> None:
    assert listing_from_files("foo", map(file, names)) == listing_from_files("foo", map(file, sorted(names)))


def test_the_order_is_that_of_packaging_for_many_versions() -> None:
    chance = random.Random(7)
    texts = [
        f"{chance.randrange(3)}.{chance.randrange(20)}{chance.choice(['', 'a1', '.dev2', '.post3', '+x'])}"
        for _ in range(400)
    ]
    listing = listing_from_files("foo", (file(wheel(text)) for text in texts))
    assert [Version(text) for text in listing.versions] == sorted(set(map(Version, texts)))
    assert all(
        entry.kind is FileKind.WHEEL for at in range(len(listing.versions)) for entry in listing.files(at)
    )


@given(
    st.lists(
        st.builds(
            "{}-{}{}-{}.whl".format,
            st.sampled_from(["foo", "Foo", "foo.1"]),
            st.sampled_from(["1", "1.0", "x"]),
            builds,
            tags,
        )
        | st.sampled_from(["foo-1.tar.gz", "foo-1.0.zip", "x.egg", "\0", ""])
    )
)
def test_names_in_a_row_are_read_as_each_by_itself(filenames: list[str]) -> None:
    together, alone = FilenameReader("foo"), FilenameReader("foo")
    assert together.read_each(filenames) == [alone.read(filename) for filename in filenames]
    assert together.versions == alone.versions


_PART = st.from_regex(r"[a-z0-9_.]{1,6}", fullmatch=True)
_INTERPRETER = st.from_regex(r"[a-z_][a-z0-9_.]{0,5}", fullmatch=True)


@given(
    name=st.from_regex(r"[A-Za-z0-9_.]{1,6}", fullmatch=True),
    version=st.from_regex(r"[0-9][a-z0-9_.+!]{0,5}", fullmatch=True),
    build=st.none() | st.from_regex(r"[0-9][a-z0-9_]{0,3}", fullmatch=True),
    tags=st.tuples(_INTERPRETER, _PART, _PART),
    label=st.none() | st.from_regex(r"[0-9a-z_.]{1,6}", fullmatch=True),
)
def test_a_label_is_found_whatever_stands_before_it(
    name: str, version: str, build: str | None, tags: tuple[str, str, str], label: str | None
) -> None:
    """Also where a label looks like a tag or a number."""
    plain = "-".join(filter(None, (name, version, build, *tags)))
    filename = f"{plain}-{label}.whl" if label else f"{plain}.whl"
    assert split_label(filename) == (f"{plain}.whl", label or "")


@pytest.mark.parametrize(
    "filename",
    [
        "foo-1.0.tar.gz",
        "foo-1.0-py3-none-any-X.whl",
        "foo-1.0-py3-none-any-é.whl",
        "foo-1.0-py3-none-any-.whl",
        "foo-1.0-py3-none-any-a-b.whl",
        "foo-bar-1.0-py3-none-any.whl",
        "a-b-c-d-e-f-g-h.whl",
        ".whl",
        "",
        "-" * 10_000,
    ],
)
def test_names_without_a_label(filename: str) -> None:
    assert split_label(filename) == (filename, "")


def test_a_damaged_record_is_told_and_not_a_bug() -> None:
    whole = listing_from_files("foo", [file(wheel("1.0")), file(wheel("2.0"))])
    assert whole.is_whole
    damaged = replace(whole, encoded_files=(whole.encoded_files[0], b"\x91\x91\xa1\xff"))
    with pytest.raises(StoreDamagedError, match="listing of foo"):
        damaged.files(1)
    assert [one.filename for one in damaged.files(0)] == ["foo-1.0-py3-none-any.whl"]
    assert not replace(whole, shape_of=(0, 9)).is_whole
    assert not replace(whole, encoded_files=whole.encoded_files[:1]).is_whole
    assert not replace(whole, prereleases=(-1,)).is_whole
