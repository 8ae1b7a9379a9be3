"""Names that a compiled module may define, told from the strings in it."""

from __future__ import annotations

import bz2
import itertools
import re
import zlib

from analyzers.files import FileReaderError
from analyzers.importing.stack import LIMIT_EXTENSION_BYTES, ModuleFile, StackFiles

_PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|BZh[1-9]\x31\x41\x59\x26\x53\x59")
_LARGEST_TABLE_BYTES = 4 << 20
_LIMIT_TABLE_BYTES = 32 << 20
_LIMIT_TABLES = 20_000
_LIMIT_KEPT_BYTES = 128 << 20


class ExtensionNames:
    """Answers for the extensions of a stack; each is read once."""

    def __init__(self, files: StackFiles) -> None:
        self._files = files
        self._contents: dict[bytes, tuple[bytes, bool] | None] = {}
        self._kept_bytes = 0

    def may_define(self, file: ModuleFile, name: str) -> bool:
        """Whether a name may be one of the module's: it is a string in it, or not all strings can be read."""
        found = self._content(file)
        if found is None:
            return True
        content, is_opaque = found
        return is_opaque or name.encode() in content

    def is_shim(self, file: ModuleFile) -> bool:
        """Whether the module only hands out another one's contents, as what mypyc makes of a group does."""
        found = self._content(file)
        return found is None or b"__mypyc" in found[0]

    def _content(self, file: ModuleFile) -> tuple[bytes, bool] | None:
        key = file.name.encode()
        if key not in self._contents:
            try:
                data = self._files.read(file, file.path, LIMIT_EXTENSION_BYTES)
            except FileReaderError:
                self._contents[key] = None
            else:
                if self._kept_bytes > _LIMIT_KEPT_BYTES:
                    self._contents.clear()
                    self._kept_bytes = 0
                self._contents[key] = found = _with_tables(data)
                self._kept_bytes += len(found[0])
        return self._contents[key]


def _with_tables(data: bytes) -> tuple[bytes, bool]:
    """The bytes with those of compressed tables of strings, and whether there is one that cannot be inflated.

    Cython from 3.2 on keeps its strings compressed.
    """
    if b"__pyx_" not in data or b"decompress" not in data:
        return data, False
    tables: list[bytes] = []
    left = _LIMIT_TABLE_BYTES
    view = memoryview(data)
    for match in itertools.islice(_PACKED.finditer(data), _LIMIT_TABLES):
        packed = view[match.start() : match.start() + _LARGEST_TABLE_BYTES]
        try:
            if match[0].startswith(b"BZh"):
                table = bz2.BZ2Decompressor().decompress(packed, left)
            else:
                table = zlib.decompressobj().decompress(packed, left)
        except (zlib.error, OSError, EOFError):
            continue
        if len(table) > 64:
            tables.append(table)
            left -= len(table)
        if left <= 0:
            break
    return b"\0".join([data, *tables]), not tables
