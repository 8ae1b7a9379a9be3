"""From markup to words."""

import pytest

from topics.documents import Document
from topics.text.cleaning import TEXT_LIMIT_CHARACTERS, cleaned
from topics.text.fields import BRIEF_FIELDS, Field, field_texts
from topics.text.names import name_words
from topics.text.words import singular, words


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("[![build](https://x.io/b.svg)](https://x.io) fast", "fast"),
        ("see [the guide](https://x.io/guide) first", "see the guide first"),
        ("```python\nimport os\n```\nafter", "after"),
        ("~~~\ncode\n~~~\nafter", "after"),
        (">>> print(1)\ntext", "text"),
        ("before\n\n.. image:: a.png\n   :alt: picture\n\nafter", "before after"),
        ("`guide <https://x.io>`_ and :class:`~http.Client`", "guide and http.Client"),
        ("before\n\n    import os\n    x = f(1)\n\nafter", "before after"),
        ("<p align='center'>Charts &amp; maps</p>", "Charts & maps"),
        ("write to a.b@example.org at http://x.io/y now", "write to at now"),
        ("**bold** and _soft_ snake_case", "bold and soft snake_case"),
        ("<!-- hidden\n text -->shown", "shown"),
    ],
)
def test_markup_goes_and_prose_stays(text: str, prose: str) -> None:
    assert cleaned(text).split() == prose.split()


def test_only_the_start_of_a_text_counts() -> None:
    assert len(cleaned("word " * 2_000_000)) <= TEXT_LIMIT_CHARACTERS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PyYAML", ("py", "yaml", "pyyaml")),
        ("zope.interface", ("zope", "interface", "zopeinterface")),
        ("h2o-client", ("h", "2", "o", "client", "h2oclient")),
        ("requests", ("requests",)),
        ("___", ()),
    ],
)
def test_names_fall_into_words(name: str, expected: tuple[str, ...]) -> None:
    assert name_words(name) == expected


def test_a_repeated_sentence_counts_once() -> None:
    document = Document(name="a", summary="Draws charts.", short_descriptions=("draws charts", "For sailors"))
    assert [text.field for text in field_texts(document)] == [Field.NAME, Field.SUMMARY, Field.SHORT]


def test_fields_can_be_left_out() -> None:
    document = Document(name="a", summary="Draws charts", description="Long text", github_topics=("maps",))
    assert [text.field for text in field_texts(document, BRIEF_FIELDS)] == [Field.NAME, Field.SUMMARY]


def test_labels_never_become_words() -> None:
    bare = Document(name="a", summary="Draws charts")
    labelled = Document(name="a", summary="Draws charts", labels=("geospatial",))
    assert list(words(bare)) == list(words(labelled))


def test_words_are_singular_and_count_by_their_field() -> None:
    document = Document(name="seachart", summary="libraries of maps", description="a map of 2024")
    assert list(words(document)) == ["seachart"] * 3 + ["map"] * 4


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("queries", "query"),
        ("maps", "map"),
        ("analysis", "analysis"),
        ("class", "class"),
        ("cookies", "cookie"),
        ("series", "series"),
    ],
)
def test_singular(word: str, expected: str) -> None:
    assert singular(word) == expected
