"""Everything that is kept of one source file: what it says by itself, and how it was read.

A record depends on the content and, where something in it names a place, on the path: `FileRecord.is_of`.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from analyzers.manifests.declared import Declared
from analyzers.reports import Unknown
from analyzers.source.module_facts import ModuleFacts, UseFact
from analyzers.source.notebooks import Cells
from analyzers.source.source_texts import source_text
from analyzers.source.suppressions import Suppression, read_suppressions
from analyzers.source.walking import SourceFile, path_text

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


_ENCODER = msgspec.msgpack.Encoder()
_decode_record = msgspec.msgpack.Decoder(FileRecord).decode
_decode_uses = msgspec.msgpack.Decoder(tuple[UseFact, ...]).decode
_HEAD = struct.Struct(">II")
"""Size of the first part, and the checksum of both."""
_LEVEL = 1  # names repeat so much that the quickest way leaves a fifth


class RecordError(ValueError):
    """The bytes are no encoded record."""


def encode_record(record: FileRecord) -> bytes:
    """The record in two parts, of which one holds the uses: they are most of it, and needed last."""
    facts = msgspec.structs.replace(record.facts, uses=())
    first = zlib.compress(_ENCODER.encode(msgspec.structs.replace(record, facts=facts)), _LEVEL)
    data = first + zlib.compress(_ENCODER.encode(record.facts.uses), _LEVEL)
    return _HEAD.pack(len(first), zlib.crc32(data)) + data


def decode_record(data: bytes) -> FileRecord:
    """All of a record but its uses.

    Raises:
        RecordError: it is none, or any of it is damaged.
    """
    try:
        size, checksum = _HEAD.unpack_from(data)
        if zlib.crc32(memoryview(data)[_HEAD.size :]) != checksum:
            raise RecordError("its checksum differs")
        return _decode_record(zlib.decompress(data[_HEAD.size : _HEAD.size + size]))
    except (struct.error, zlib.error, msgspec.MsgspecError) as error:
        raise RecordError(str(error)) from error


def decode_uses(data: bytes) -> tuple[UseFact, ...]:
    """The uses of a record that `decode_record` accepted."""
    size, _ = _HEAD.unpack_from(data)
    return _decode_uses(zlib.decompress(data[_HEAD.size + size :]))


def file_record(file: SourceFile, data: bytes) -> FileRecord:
    """The record of a file; whatever goes wrong in reading it stands in the record."""
    from analyzers.source.extraction import extracted

    source = source_text(file, data)
    facts, failure = ModuleFacts(), source.failure
    if failure is None:
        try:
            facts = extracted(source.text)
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


def failed_record(file: SourceFile, reason: str) -> FileRecord:
    """The record of a file that nothing is known of."""
    return FileRecord(path=path_text(file.path), facts=ModuleFacts(), failure=reason)
