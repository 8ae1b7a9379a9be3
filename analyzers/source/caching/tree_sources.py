"""The source files of one tree with their records, from a cache or made by other processes."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import msgspec

from analyzers.files import FileReader, FileReaderError
from analyzers.manifests.discovery import manifest_format
from analyzers.reports import Unknown
from analyzers.source.caching.encoded_records import EncodedRecord, RecordError, encode_record
from analyzers.source.caching.file_records import FileRecord, failed_record, record_key
from analyzers.source.caching.known_digests import KnownDigests
from analyzers.source.caching.processes import Content, record_each
from analyzers.source.caching.record_caches import RecordCache
from analyzers.source.reading.ignoring import IgnoreRules
from analyzers.source.reading.roles import role
from analyzers.source.reading.source_texts import source_bytes
from analyzers.source.reading.walking import ManifestFile, SourceFile, WalkOptions, files, path_text
from analyzers.source.records import FileFact, FileStatus, Role

_BATCH_FILES = 256
_MANIFEST_SOURCES = ("setup.py", "noxfile.py")


class ScanProgress(Protocol):
    """Is told how far a scan is."""

    def analysed(self, files: int, cached: int) -> None:
        """So many files so far, of which so many were known before."""


class Source(NamedTuple):
    """One file of a scan.

    Attributes:
        record: all of it that is short; `encoded` has the rest.
    """

    fact: FileFact
    record: FileRecord
    encoded: EncodedRecord


class _File(msgspec.Struct):
    """A file of the walk, and what is known of its content so far."""

    source: SourceFile
    path: str
    role: Role
    sha256: str = ""
    size_bytes: int = 0
    data: bytes | None = None
    failure: str | None = None


class TreeSources:
    """The files of a tree; what cannot be read is told.

    Args:
        tests: whether tests count.
        rules: what is ignored by files above the root.
        unknown: told of what could not be read.
    """

    def __init__(
        self,
        reader: FileReader,
        options: WalkOptions,
        *,
        tests: bool,
        rules: IgnoreRules,
        digests: KnownDigests,
        unknown: Callable[[Unknown], None],
    ) -> None:
        self._reader, self._digests = reader, digests
        self._found: list[_File | str] = []
        for found in files(reader, options=options, rules=rules, unknown=unknown):
            path = path_text(found.path)
            if isinstance(found, ManifestFile):
                self._found.append(path)
                continue
            is_for = role(path, is_packaged=found.is_packaged)
            if is_for is Role.TEST and not tests:
                continue
            sha256, size_bytes = digests.known(found.path) or ("", 0)
            self._found.append(_File(found, path, is_for, sha256, size_bytes))

    @property
    def manifest_paths(self) -> list[str]:
        """Files that state requirements, in the order of the walk; some are source, too."""
        return [
            found if isinstance(found, str) else found.path
            for found in self._found
            if isinstance(found, str)
            or (
                found.failure is None
                and found.path.endswith(_MANIFEST_SOURCES)
                and manifest_format(found.path)
            )
        ]

    def settled(self) -> bool:
        """Whether the content of every file is known without much reading; then `identity` holds."""
        pending = [file for file in self._files() if not file.sha256]
        if len(pending) > _BATCH_FILES:
            return False
        for file in pending:
            self._read(file)
        return True

    def identity(self) -> bytes:
        """What tells these files and their contents from all others."""
        told = [
            found
            if isinstance(found, str)
            else (found.source, found.path, found.role, found.sha256, found.failure)
            for found in self._found
        ]
        return hashlib.sha256(msgspec.msgpack.encode(told)).digest()

    def sources(
        self, cache: RecordCache, jobs: int, progress: ScanProgress | None, *, precise: bool = False
    ) -> list[Source]:
        """Every file with its record, in the order of the walk.

        Raises:
            KeyboardInterrupt: it was interrupted; what was analysed is kept in the cache.
        """
        numbered: list[_File] = []
        asked: deque[int] = deque()
        records: dict[int, EncodedRecord] = {}
        loose: list[EncodedRecord] = []
        made: dict[str, bytes] = {}
        cached = 0

        def key(file: _File) -> str:
            return record_key(file.sha256, file.source.language, precise=precise)

        def add(number: int, record: EncodedRecord) -> None:
            records[number] = record
            loose.append(record)
            if len(loose) >= _BATCH_FILES:
                EncodedRecord.pack(loose)
                loose.clear()

        def missing() -> Iterator[Content]:
            nonlocal cached
            for batch in self._batches():
                known = cache.known([key(file) for file in batch])
                for file in batch:
                    record = _decoded(known.get(key(file)), file.path)
                    if record is None and file.data is None:
                        self._read(file)
                    number = len(numbered)
                    numbered.append(file)
                    data, file.data = file.data, None
                    if file.failure is not None:
                        records[number] = EncodedRecord(
                            encode_record(failed_record(file.source, file.failure))
                        )
                    elif record is not None:
                        add(number, record)
                        cached += 1
                    elif data is not None:
                        asked.append(number)
                        yield file.source, data
                if progress is not None:
                    progress.analysed(len(records), cached)

        try:
            for encoded in record_each(missing(), jobs, precise=precise):
                number = asked.popleft()
                add(number, EncodedRecord(encoded))
                made[key(numbered[number])] = encoded
                if len(made) >= _BATCH_FILES:
                    cache.keep(made)
                    made = {}
        finally:
            if made:
                cache.keep(made)
        self._digests.settle()
        found = []
        for number, file in enumerate(numbered):
            kept = records.pop(number)
            found.append(Source(_fact(file, kept.record), kept.record, kept))
        return found

    def _files(self) -> Iterator[_File]:
        return (found for found in self._found if isinstance(found, _File))

    def _batches(self) -> Iterator[Sequence[_File]]:
        batch: list[_File] = []
        for file in self._files():
            if not file.sha256:
                self._read(file)
            batch.append(file)
            if len(batch) == _BATCH_FILES:
                yield batch
                batch = []
        yield batch

    def _read(self, file: _File) -> None:
        if file.failure is not None:
            return
        data = source_bytes(self._reader, file.source)
        if isinstance(data, Unknown):
            file.sha256, file.size_bytes, file.failure = "", self._size(file), data.reason
            return
        file.data, file.size_bytes = data, len(data)
        file.sha256 = hashlib.sha256(data).hexdigest()
        self._digests.tell(file.source.path, file.sha256)

    def _size(self, file: _File) -> int:
        """Of a file that cannot be read; 0 where not even that is known."""
        try:
            return self._reader.stat(file.source.path).size_bytes
        except FileReaderError:
            return 0


def _decoded(data: bytes | None, path: str) -> EncodedRecord | None:
    """A record of the cache, if there is one that holds for the path."""
    if data is None:
        return None
    try:
        encoded = EncodedRecord(data)
    except RecordError:
        return None
    return encoded if encoded.record.is_of(path) else None


def _fact(file: _File, record: FileRecord) -> FileFact:
    errors = [f"line {line}: {reason}" for line, reason in record.facts.errors]
    status = FileStatus.OK
    if record.failure is not None:
        errors.insert(0, record.failure)
        status = FileStatus.FAILED
    elif errors:
        status = FileStatus.PARTIAL
    return FileFact(
        path=file.path,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        language=file.source.language,
        role=file.role,
        status=status,
        errors=(*record.notes, *errors),
    )
