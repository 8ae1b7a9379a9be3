from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.evidence import Location
from analyzers.source.reading.source_texts import source_text
from analyzers.source.reading.walking import SourceFile
from analyzers.source.records import Language

SCRIPT = (
    b"# /// script\r\n# requires-python = '>=3.11'\r\n# dependencies = ['rich>13']\r\n# ///\r\n"
    b"import rich\r\n"
)


def test_says_what_a_file_is() -> None:
    data = "# coding: latin-1\n\xe9\n".encode("latin-1")
    found = source_text(SourceFile(b"tests/a.py", Language.PYTHON), data)
    assert found.path == "tests/a.py"
    assert (found.text, found.notes, found.failure, found.cells) == ("# coding: latin-1\né\n", (), None, None)


def test_declares_what_inline_metadata_states() -> None:
    found = source_text(SourceFile(b"run", Language.PYTHON, is_script=True), SCRIPT)
    assert [(one.name, one.specifier, str(one.location)) for one in found.declared] == [
        ("rich", ">13", "run:3:19")
    ]
    assert found.requires_python == ">=3.11"
    assert found.text.count("\n") == 5


def test_inline_metadata_in_a_notebook_has_a_cell() -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("x\n", SCRIPT.decode())]
    found = source_text(SourceFile(b"a.ipynb", Language.NOTEBOOK), json.dumps({"cells": cells}).encode())
    assert [one.location for one in found.declared] == [Location(path="a.ipynb", line=3, column=19, cell=1)]


def test_broken_metadata_is_an_unknown_and_the_text_stays() -> None:
    data = b"# /// script\n# dependencies = ['ok', '==broken']\n# ///\nimport a\n"
    found = source_text(SourceFile(b"a.py", Language.PYTHON), data)
    assert [one.name for one in found.declared] == ["ok"]
    assert [one.where for one in found.unknowns] == ["a.py:2:25"]
    twice = source_text(SourceFile(b"a.py", Language.PYTHON), b"# /// script\n# ///\n" * 2)
    assert len(twice.unknowns) <= 1


@pytest.mark.parametrize(
    ("language", "data", "reason"),
    [(Language.PYTHON, b"\0" * 50, "NUL"), (Language.NOTEBOOK, b"{", "JSON is invalid")],
)
def test_what_is_no_source_has_a_failure(language: Language, data: bytes, reason: str) -> None:
    found = source_text(SourceFile(b"a", language), data)
    assert found.text == ""
    assert found.failure is not None
    assert reason in found.failure


def test_a_notebook_of_another_language_is_no_failure() -> None:
    found = source_text(
        SourceFile(b"a.ipynb", Language.NOTEBOOK), b'{"cells":[],"metadata":{"language_info":{"name":"R"}}}'
    )
    assert (found.failure, found.notes) == (None, ("its language is 'R'",))


@given(st.binary(max_size=300), st.sampled_from(Language), st.binary(min_size=1, max_size=10))
def test_any_bytes_give_a_record_that_can_be_written(data: bytes, language: Language, path: bytes) -> None:
    assert msgspec.json.encode(source_text(SourceFile(path, language), data))
