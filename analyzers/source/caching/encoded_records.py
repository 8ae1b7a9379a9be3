"""Records as bytes, in parts, since no scan could hold all that its files say at once: `EncodedRecord`."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Sequence

import msgspec
import zstandard

from analyzers.source.caching.file_records import FileRecord
from analyzers.source.module_facts import ImportFact, ModuleFacts, UseFact
from analyzers.undecodable import UNDECODABLE

_encode = msgspec.msgpack.Encoder().encode
_decode_record = msgspec.msgpack.Decoder(FileRecord).decode
_decode_facts = msgspec.msgpack.Decoder(ModuleFacts).decode
_decode_imports = msgspec.msgpack.Decoder(tuple[ImportFact, ...]).decode
_decode_uses = msgspec.msgpack.Decoder(tuple[UseFact, ...]).decode
_HEAD = struct.Struct(">IIIII")
"""Sizes of the four parts, and the checksum of all."""
_compress = zstandard.ZstdCompressor(level=1).compress  # names repeat so much that it leaves a quarter
_decompress = zstandard.ZstdDecompressor().decompress
_STAR = "*"


class RecordError(ValueError):
    """The bytes are no encoded record."""


def encode_record(record: FileRecord) -> bytes:
    """The record in parts: what is short, the imports, what other files may ask of this one, and the uses."""
    facts = record.facts
    stars = tuple(one for one in facts.imports if one.name == _STAR)
    shared = ModuleFacts(imports=stars, definitions=facts.definitions, exports=facts.exports)
    short = msgspec.structs.replace(facts, imports=(), uses=(), definitions={}, exports=None)
    parts = [
        _compress(_encode(part))
        for part in (msgspec.structs.replace(record, facts=short), facts.imports, shared, facts.uses)
    ]
    data = b"".join(parts)
    return _HEAD.pack(*map(len, parts), zlib.crc32(data)) + data


class EncodedRecord:
    """A record of which the long parts are decoded when they are asked for.

    Args:
        data: what `encode_record` gave, or what is taken for it.

    Attributes:
        record: all of it that is short; `facts` lacks imports, uses, definitions and exports.

    Raises:
        RecordError: it is none, or any of it is damaged.
    """

    __slots__ = ("_imports", "_place", "_shared", "_uses", "record")

    def __init__(self, data: bytes) -> None:
        try:
            *sizes, checksum = _HEAD.unpack_from(data)
            whole = _HEAD.size + sum(sizes) == len(data)
            if not whole or zlib.crc32(memoryview(data)[_HEAD.size :]) != checksum:
                raise RecordError("its size or checksum differs")
            parts = []
            start = _HEAD.size
            for size in sizes:
                parts.append(data[start : start + size])
                start += size
            short, self._imports, self._shared, self._uses = parts
            self._place = slice(0, len(self._uses))
            self.record = _decode_record(_decompress(short))
        except (struct.error, zstandard.ZstdError, *UNDECODABLE) as error:
            raise RecordError(str(error)) from error

    @property
    def uses_bytes(self) -> int:
        """How much the uses are, encoded."""
        return self._place.stop - self._place.start

    def shared(self) -> ModuleFacts:
        """Definitions, exports and star imports."""
        return _decode_facts(_decompress(self._shared))

    def taken_imports(self) -> tuple[ImportFact, ...]:
        """The imports, which are let go of: they can be asked for once."""
        data, self._imports = self._imports, b""
        return _decode_imports(_decompress(data))

    def taken_uses(self) -> tuple[UseFact, ...]:
        """The uses, which are let go of: they can be asked for once."""
        data, self._uses = self._uses[self._place], b""
        return _decode_uses(_decompress(data))

    @staticmethod
    def pack(records: Sequence[EncodedRecord]) -> None:
        """Lay the uses of records together, in one piece that is let go of with the last of them.

        Only large pieces go back to the system: in small ones the memory would stay this process's.
        """
        block = b"".join(each._uses[each._place] for each in records)
        ends = itertools.accumulate(each.uses_bytes for each in records)
        start = 0
        for each, end in zip(records, ends, strict=True):
            each._uses, each._place = block, slice(start, end)
            start = end
