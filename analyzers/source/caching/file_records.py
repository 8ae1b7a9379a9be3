"""Everything that is kept of one source file: what it says by itself, and how it was read.

A record depends on the content and, where something in it names a place, on the path: `FileRecord.is_of`.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from analyzers.manifests.declared import Declared
from analyzers.reports import Unknown
from analyzers.source.module_facts import ImportFact, ModuleFacts, UseFact
from analyzers.source.reading.notebooks import Cells
from analyzers.source.reading.source_texts import source_text
from analyzers.source.reading.suppressions import Suppression, read_suppressions
from analyzers.source.reading.walking import SourceFile, path_text
from analyzers.source.records import Language

FORMAT = 2
"""To be raised whenever what a record says of the same content changes."""


class FileRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one file says.

    Attributes:
        path: of the file that it was made from; see `is_of`.
        notes: what was not as it should be, and yet read.
        failure: why nothing could be read.
        cells: of a notebook.
        declared: what inline metadata states or a notebook's cells install.
        unknowns: what could not be read of `declared`.
        suppressions: by line of the text.
    """

    path: str
    facts: ModuleFacts
    notes: tuple[str, ...] = ()
    failure: str | None = None
    cells: Cells | None = None
    declared: tuple[Declared, ...] = ()
    requires_python: str | None = None
    unknowns: tuple[Unknown, ...] = ()
    suppressions: tuple[Suppression, ...] = ()

    def is_of(self, path: str) -> bool:
        """Whether the record holds for a file of this path with the same content."""
        return path == self.path or not (self.declared or self.unknowns)


_encode = msgspec.msgpack.Encoder().encode
_decode_record = msgspec.msgpack.Decoder(FileRecord).decode
_decode_facts = msgspec.msgpack.Decoder(ModuleFacts).decode
_decode_imports = msgspec.msgpack.Decoder(tuple[ImportFact, ...]).decode
_decode_uses = msgspec.msgpack.Decoder(tuple[UseFact, ...]).decode
_HEAD = struct.Struct(">IIIII")
"""Sizes of the four parts, and the checksum of all."""
_LEVEL = 1  # names repeat so much that the quickest way leaves a fifth
_STAR = "*"


class RecordError(ValueError):
    """The bytes are no encoded record."""


def encode_record(record: FileRecord) -> bytes:
    """The record in parts, since no scan could hold all of them of all its files at once.

    They are: what is short, the imports, what other files may ask of this one, and the uses.
    """
    facts = record.facts
    stars = tuple(one for one in facts.imports if one.name == _STAR)
    shared = ModuleFacts(imports=stars, definitions=facts.definitions, exports=facts.exports)
    short = msgspec.structs.replace(facts, imports=(), uses=(), definitions={}, exports=None)
    parts = [
        zlib.compress(_encode(part), _LEVEL)
        for part in (msgspec.structs.replace(record, facts=short), facts.imports, shared, facts.uses)
    ]
    data = b"".join(parts)
    return _HEAD.pack(*map(len, parts), zlib.crc32(data)) + data


def decode_record(data: bytes) -> FileRecord:
    """What is short of a record.

    Raises:
        RecordError: it is none, or any of it is damaged.
    """
    try:
        *_, checksum = _HEAD.unpack_from(data)
        if zlib.crc32(memoryview(data)[_HEAD.size :]) != checksum:
            raise RecordError("its checksum differs")
        return _decode_record(_part(data, 0))
    except (struct.error, zlib.error, msgspec.MsgspecError) as error:
        raise RecordError(str(error)) from error


def decode_imports(data: bytes) -> tuple[ImportFact, ...]:
    """The imports of a record that `decode_record` accepted."""
    return _decode_imports(_part(data, 1))


def decode_shared(data: bytes) -> ModuleFacts:
    """Definitions, exports and star imports of a record that `decode_record` accepted."""
    return _decode_facts(_part(data, 2))


def decode_uses(data: bytes) -> tuple[UseFact, ...]:
    """The uses of a record that `decode_record` accepted."""
    return _decode_uses(_part(data, 3))


def _part(data: bytes, number: int) -> bytes:
    sizes = _HEAD.unpack_from(data)
    start = _HEAD.size + sum(sizes[:number])
    return zlib.decompress(memoryview(data)[start : start + sizes[number]])


def file_record(file: SourceFile, data: bytes, *, precise: bool = False) -> FileRecord:
    """The record of a file; whatever goes wrong in reading it stands in the record.

    Args:
        precise: whether a file that binds an imported name anew is read a second time, by libcst.
    """
    from analyzers.source.extraction import extracted

    source = source_text(file, data)
    facts, failure = ModuleFacts(), source.failure
    if failure is None:
        try:
            facts = extracted(source.text)
            if precise:
                facts = _confirmed(facts, source.text)
        except (RecursionError, MemoryError) as error:
            failure = f"cannot be analysed: {type(error).__name__}"
    return FileRecord(
        path=source.path,
        facts=facts,
        notes=source.notes,
        failure=failure,
        cells=source.cells,
        declared=source.declared,
        requires_python=source.requires_python,
        unknowns=source.unknowns,
        suppressions=read_suppressions(source.text),
    )


def _confirmed(facts: ModuleFacts, text: str) -> ModuleFacts:
    from analyzers.source.precise.bound_anew import binds_imports_anew

    if not binds_imports_anew(facts, text):
        return facts
    from analyzers.source.precise.confirming import confirmed

    return confirmed(facts, text)


def record_key(sha256: str, language: Language, *, precise: bool = False) -> str:
    """Under which a record is kept: everything that it depends on, but for `FileRecord.is_of`.

    Args:
        sha256: of the content.
    """
    kind = "/notebook" if language is Language.NOTEBOOK else ""
    return f"{sha256}{kind}/precise" if precise else f"{sha256}{kind}"


def failed_record(file: SourceFile, reason: str) -> FileRecord:
    """The record of a file that nothing is known of."""
    return FileRecord(path=path_text(file.path), facts=ModuleFacts(), failure=reason)
