"""What is kept of one file, and for which other files it holds."""

from __future__ import annotations

import json

import msgspec
import pytest

from analyzers.evidence import Confidence
from analyzers.source.caching.encoded_records import EncodedRecord, encode_record
from analyzers.source.caching.file_records import (
    FileRecord,
    failed_record,
    file_record,
    record_key,
)
from analyzers.source.reading.walking import SourceFile
from analyzers.source.records import Language


def notebook(*lines: str) -> bytes:
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": lines,
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()


def record(path: str, data: bytes, *, precise: bool = False) -> FileRecord:
    language = Language.NOTEBOOK if path.endswith(".ipynb") else Language.PYTHON
    return file_record(SourceFile(path.encode(), language), data, precise=precise)


def test_what_names_no_place_holds_for_every_path() -> None:
    for path, data in (("a.py", b"import numpy\n"), ("a.ipynb", notebook("import numpy"))):
        made = record(path, data)
        assert made.is_of("b/c.py")
        assert [fact.module for fact in made.facts.imports] == ["numpy"]


def test_what_names_places_holds_for_its_own_path_alone() -> None:
    script = b"# /// script\n# dependencies = ['numpy']\n# ///\nimport numpy\n"
    for path, data in (("a.ipynb", notebook("!pip install numpy")), ("a.py", script)):
        made = record(path, data)
        assert [declared.location.path for declared in made.declared] == [path]
        assert made.is_of(path)
        assert not made.is_of("b.ipynb")
        encoded = EncodedRecord(encode_record(made))
        short = msgspec.structs.replace(made.facts, imports=(), uses=(), definitions={}, exports=None)
        assert encoded.record == msgspec.structs.replace(made, facts=short)
        assert encoded.taken_imports() == made.facts.imports
        assert encoded.taken_uses() == made.facts.uses


def test_keys_tell_apart_what_records_depend_on() -> None:
    keys = [
        record_key("00ff", language, precise=precise)
        for language in (Language.PYTHON, Language.NOTEBOOK)
        for precise in (False, True)
    ]
    assert len(set(keys)) == 4
    assert record_key("00ff", Language.STUB) == record_key("00ff", Language.PYTHON)


def test_whatever_goes_wrong_stands_in_the_record() -> None:
    for path, data in (("a.py", b"\0" * 100), ("a.ipynb", b"{no json")):
        made = record(path, data)
        assert made.failure is not None
        encoded = EncodedRecord(encode_record(made))
        short = msgspec.structs.replace(made.facts, imports=(), uses=(), definitions={}, exports=None)
        assert encoded.record == msgspec.structs.replace(made, facts=short)
        assert encoded.taken_imports() == made.facts.imports
        assert encoded.taken_uses() == made.facts.uses
    failed = failed_record(SourceFile(b"a\xff.py", Language.PYTHON), "lost")
    assert (failed.path, failed.failure) == ("a\\xff.py", "lost")


@pytest.mark.slow
def test_precise_reading_holds_uses_against_scopes() -> None:
    text = b"import lib\n\nwhile lib.go():\n    lib = 1\n"
    plain, precise = record("a.py", text), record("a.py", text, precise=True)
    assert [use.confidence for use in plain.facts.uses] == [Confidence.CERTAIN]
    assert [use.confidence for use in precise.facts.uses] == [Confidence.LIKELY]
    same = b"import lib\n\nwhile lib.go():\n    other = 1\n"
    assert record("a.py", same) == record("a.py", same, precise=True)
