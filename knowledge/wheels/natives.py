"""What the native files of a wheel say of themselves: read by ranges, kept for ever by the wheel's hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from analyzers.archives.zip_directories import ZipMember
from analyzers.archives.zips import ZipArchive
from analyzers.files import FileReaderError
from analyzers.reports import Unknown
from analyzers.undecodable import UNDECODABLE
from images.native.elf import parse_elf
from images.native.elf_file import ElfFile
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.files.block_reader import BlockReader
from knowledge.releases import File, FileKind

LIMIT_WHEEL_BYTES = 24 << 20
"""Compressed native files of one wheel; more are not read."""
LIMIT_BYTES = 60 << 20
"""Of all wheels of one run."""
_LIMIT_FILE_BYTES = 128 << 20
_LIMIT_FILES = 2000
_INSTRUMENT = "wheel-elf/1"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, ElfFile]).decode


class WheelNatives:
    """Answers within a budget of bytes.

    Args:
        knowledge: opens files of indexes, keeps answers, and is told what could not be known.
        now: seconds since the epoch.
    """

    def __init__(self, knowledge: Knowledge, now: Callable[[], float]) -> None:
        self._knowledge = knowledge
        self._answers = knowledge.derivations(_INSTRUMENT, now)
        self._known: dict[str, Mapping[str, ElfFile] | None] = {}
        self._left_bytes = LIMIT_BYTES

    def files(self, file: File) -> Mapping[str, ElfFile] | None:
        """The ELF files of a wheel by path; None where they cannot be known, which is then doubted."""
        if file.kind is not FileKind.WHEEL:
            return None
        key = file.hashes.get("sha256") or file.url
        if key not in self._known:
            kept = self._kept(key)
            self._known[key] = self._read(file, key) if kept is None else kept
        return self._known[key]

    def _kept(self, key: str) -> Mapping[str, ElfFile] | None:
        kept = self._answers.known([key]).get(key)
        try:
            return None if kept is None else _decode(kept)
        except UNDECODABLE:
            return None

    def _read(self, file: File, key: str) -> Mapping[str, ElfFile] | None:
        try:
            archive = ZipArchive(BlockReader(self._knowledge.remote_file(file)))
            native = [member for member in archive.members.values() if _may_be_native(member)]
            size_bytes = sum(member.compressed_bytes for member in native)
            if size_bytes > min(LIMIT_WHEEL_BYTES, self._left_bytes) or len(native) > _LIMIT_FILES:
                self._doubt(file, f"they have {size_bytes:,} bytes: too many to look at")
                return None
            self._left_bytes -= size_bytes
            found = {
                member.path.decode("utf-8", "backslashreplace"): elf
                for member in native
                if (elf := _parsed(archive.read(member, _LIMIT_FILE_BYTES))) is not None
            }
        except (KnowledgeError, FileReaderError, ValueError) as error:
            self._doubt(file, str(error))
            return None
        self._answers.keep({key: _encode(found)})
        return found

    def _doubt(self, file: File, reason: str) -> None:
        self._knowledge.doubt([Unknown(what="native files", where=file.filename, reason=reason)])


def _may_be_native(member: ZipMember) -> bool:
    name = member.path.rpartition(b"/")[2]
    return not member.is_directory and (name.endswith(b".so") or b".so." in name)


def _parsed(content: bytes) -> ElfFile | None:
    return parse_elf(lambda offset, length: content[offset : offset + length])
