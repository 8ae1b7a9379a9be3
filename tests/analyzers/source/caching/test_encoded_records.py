"""Records as bytes: what is damaged is no record, and what is taken is let go of."""

from __future__ import annotations

import pytest

from analyzers.source.caching.encoded_records import EncodedRecord, RecordError, encode_record
from analyzers.source.caching.file_records import FileRecord, file_record
from analyzers.source.reading.walking import SourceFile
from analyzers.source.records import Language


def record(number: int) -> FileRecord:
    text = f"import lib\n\ndef f():\n    return lib.a{number}()\n" + f"lib.b{number}()\n" * number
    return file_record(SourceFile(f"f{number}.py".encode(), Language.PYTHON), text.encode())


def test_parts_give_what_was_encoded() -> None:
    made = record(1)
    found = EncodedRecord(encode_record(made))
    assert found.shared().definitions == made.facts.definitions
    assert found.taken_imports() == made.facts.imports
    assert found.taken_uses() == made.facts.uses


def test_packed_records_keep_their_own_uses() -> None:
    made = [record(number) for number in range(5)]
    found = [EncodedRecord(encode_record(each)) for each in made]
    EncodedRecord.pack(found[:3])
    EncodedRecord.pack(found[1:])
    assert [each.taken_uses() for each in found] == [each.facts.uses for each in made]


@pytest.mark.parametrize("place", [0, 3, 19, 30, -1])
def test_what_is_damaged_is_no_record(place: int) -> None:
    data = bytearray(encode_record(record(1)))
    data[place] ^= 0x40
    with pytest.raises(RecordError):
        EncodedRecord(bytes(data))


@pytest.mark.parametrize("length", [0, 10, 20, 40])
def test_what_is_cut_short_is_no_record(length: int) -> None:
    with pytest.raises(RecordError):
        EncodedRecord(encode_record(record(1))[:length])
