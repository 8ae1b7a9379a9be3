from __future__ import annotations

import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from analyzers.manifests.declared import Format
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.documents.toml_places import KeyPath, TomlLimitError, TomlPlaces
from analyzers.manifests.draft import Draft
from analyzers.manifests.errors import UnreadableManifestError

TEXT = '''\
# comment = 1
title = "x"
a.b = [1, "two", { c = 3, "d.e" = [4] }]

[table]
text = """
[not.a.header]
key = "value" """
'single quoted' = \'\'\'
'\'\'\'
when = 1979-05-27 07:32:00 # then
list = [
    "first", # [
    "sec]ond",
]

[[many]]
name = "one"
[many.sub]
x = 1
[[many]]
name = "two"
[[many.inner]]
y = 2
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), (2, 1)),
        (("a",), (3, 1)),
        (("a", "b", 0), (3, 8)),
        (("a", "b", 1), (3, 11)),
        (("a", "b", 2, "c"), (3, 20)),
        (("a", "b", 2, "d.e", 0), (3, 36)),
        (("table",), (5, 1)),
        (("table", "text"), (6, 1)),
        (("table", "single quoted"), (9, 1)),
        (("table", "when"), (11, 1)),
        (("table", "list", 1), (14, 5)),
        (("many", 0), (17, 1)),
        (("many", 0, "sub", "x"), (20, 1)),
        (("many", 1, "name"), (22, 1)),
        (("many", 1, "inner", 0, "y"), (24, 1)),
        (("many", 1, "absent"), (21, 1)),
        (("absent",), None),
    ],
)
def test_places(path: KeyPath, place: tuple[int, int] | None) -> None:
    tomllib.loads(TEXT)
    assert TomlPlaces(TEXT).of(path) == place


KEYS = st.text(min_size=1, max_size=6)
LEAVES = st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.dates() | st.datetimes() | st.floats()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def _paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _paths(inner, (*path, index))
    return found


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_every_key_and_item_has_a_place_of_its_own_line(document: dict[str, object], multiline: bool) -> None:
    """The writer states every path once, so the scan must find each of them, and nothing else."""
    text = tomli_w.dumps(document, multiline_strings=multiline)
    places, lines = TomlPlaces(text), text.split("\n")
    for path in _paths(tomllib.loads(text)):
        place = places.of(path)
        assert place is not None
        line, column = place
        assert places.of((*path, "no such key")) == place
        if isinstance(path[-1], str):
            rest = lines[line - 1][column - 1 :]
            assert rest.startswith(("[", '"', path[-1]))


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 100_000 + "=1",
        "[" + "a." * 70 + "a]",
        "a=" + "[" * 100_000,
        "a=" + "{b=" * 70 + "1" + "}" * 70,
    ],
)
def test_what_would_exhaust_the_parser_is_refused(text: str) -> None:
    with pytest.raises(TomlLimitError):
        TomlPlaces(text)


@given(st.text(st.sampled_from("ab.=[]{}\"'\n\r #,\\1")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        toml_node(text, Draft("x.toml", Format.PYPROJECT))
    except UnreadableManifestError as error:
        assert len(error.problems) == 1


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a = 1\nb = \n", "x.toml:2"),
        (b"a = 1\n\xff", "x.toml:2"),
        (b"a = " + b"1" * 5000, "x.toml"),
        (b"a = [", "x.toml"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place(data: bytes, place: str) -> None:
    with pytest.raises(UnreadableManifestError) as caught:
        toml_node(data, Draft("x.toml", Format.PYPROJECT))
    assert str(caught.value.problems[0].location) == place
