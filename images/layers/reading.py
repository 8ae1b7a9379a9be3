"""`LayerReader`: one layer from its bytes, read once, from end to end, and never unpacked to a disk."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence

import msgspec

from analyzers.archives.tar_headers import TarError, TarKind, TarMember
from analyzers.archives.tars import TarEndError, TarLimits, TarStream
from analyzers.kept_contents import KeepRoom, KeptContent
from images.layers.blob import Blob
from images.layers.content import EntryKind, LayerContent, LayerEntry
from images.layers.elf_reduction import reduced_elf
from images.layers.entry_names import EntryNameError, cleaned
from images.layers.limits import DEFAULT_LIMITS, LayerLimits
from images.layers.placed_entries import EntryPlaceError, PlacedEntries
from images.layers.read_ahead import read_ahead
from images.layers.remarks import Remarks
from images.layers.wanted_files import WantedFiles
from images.native.elf_file import ElfFile
from images.native.elf_parser import ELF_MAGIC, ElfParser
from images.roots.wanted import Wanted

_PIECES_AHEAD = 16
_WHITEOUT, _META, _OPAQUE = b".wh.", b".wh..wh.", b".wh..wh..opq"
_SMALLEST_ELF_BYTES = 52
_SHARED_LIMIT = 10_000
_FILE, _DIRECTORY, _SYMLINK = TarKind.FILE, TarKind.DIRECTORY, TarKind.SYMLINK
_HARDLINK, _SPARSE = TarKind.HARDLINK, TarKind.SPARSE


class LayerReader:
    """Reads the layers of one image, one after the other; a `images.sources.source.ReadLayer`.

    Args:
        wanted: whose files are kept.
        elf: reads ELF files; without it none is looked at.
        digests: whether the sha256 of every file is taken.
        limits: for all layers of the image.
    """

    def __init__(
        self,
        wanted: Sequence[Wanted],
        elf: ElfParser | None = None,
        *,
        digests: bool = False,
        limits: LayerLimits = DEFAULT_LIMITS,
    ) -> None:
        self._wanted, self._elf, self._digests, self._limits = WantedFiles(wanted), elf, digests, limits
        self._room = KeepRoom(limits.keep)
        self._left = limits

    def __call__(self, name: str, chunks: Iterator[bytes]) -> LayerContent:
        """See `images.sources.source.ReadLayer`."""
        reading = _Reading(self._wanted, self._elf, self._room, self._left, digests=self._digests)
        content = reading.read(chunks)
        self._left = msgspec.structs.replace(
            self._left,
            content_bytes=self._left.content_bytes - content.size_bytes,
            entries=max(self._left.entries - reading.entry_count, 0),
            name_bytes=self._left.name_bytes - reading.name_bytes,
            elves=self._left.elves - len(content.elves),
        )
        return content


class _Reading:
    """One layer being read."""

    def __init__(
        self,
        wanted: WantedFiles,
        elf: ElfParser | None,
        room: KeepRoom,
        limits: LayerLimits,
        *,
        digests: bool,
    ) -> None:
        self._wanted, self._elf, self._room, self._limits = wanted, elf, room, limits
        self._remarks = Remarks(limits.remarks)
        self._placed = PlacedEntries(limits.entries)
        self._contents: dict[bytes, KeptContent] = {}
        self._left_out: dict[bytes, str] = {}
        self._elves: dict[bytes, ElfFile] = {}
        self._digests: dict[bytes, bytes] | None = {} if digests else None
        self._shared: dict[tuple[EntryKind, int, int], LayerEntry] = {}
        self._sha256 = hashlib.sha256()
        self._size_bytes = 0
        self.name_bytes = 0

    @property
    def entry_count(self) -> int:
        """How much of the limit for all layers this one took."""
        return self._placed.count

    def read(self, chunks: Iterator[bytes]) -> LayerContent:
        blob = Blob(chunks, self._limits)
        pieces = read_ahead(blob.content(), _PIECES_AHEAD)
        try:
            damage = self._read_archive(self._hashed(pieces, blob))
        finally:
            pieces.close()
        if (reason := blob.damage or damage) is not None:
            self._remarks.add_layer(f"it was not read to its end: {reason}")
        diff_id = blob.digest if blob.is_plain else f"sha256:{self._sha256.hexdigest()}"
        return LayerContent(
            entries=self._placed.entries,
            whiteouts=self._placed.whiteouts,
            contents={path: kept.data for path, kept in self._contents.items()},
            packed=frozenset(path for path, kept in self._contents.items() if not kept.is_plain),
            left_out=self._left_out,
            elves=self._elves,
            digests=self._digests or {},
            blob_digest=blob.digest,
            blob_bytes=blob.size_bytes,
            diff_id=diff_id if blob.damage is None else "",
            size_bytes=self._size_bytes,
            unknowns=self._remarks.unknowns(),
        )

    def _hashed(self, pieces: Generator[bytes, None, None], blob: Blob) -> Iterator[bytes]:
        """The archive; the thread that makes it has inflating to do, hashing it is left to this one."""
        for piece in pieces:
            if not blob.is_plain:
                self._sha256.update(piece)
            self._size_bytes += len(piece)
            yield piece

    def _read_archive(self, pieces: Iterator[bytes]) -> str | None:
        """Take all entries; why not, where there are more."""
        damage = None
        limits = TarLimits(
            compressed_bytes=self._limits.content_bytes,
            content_bytes=self._limits.content_bytes,
            headers=3 * self._limits.entries + 3,
            extended_bytes=self._limits.extended_bytes,
        )
        stream = TarStream(pieces, ".tar", limits, sparse=True)
        try:
            for member in stream.members():
                self._take(stream, member)
        except TarEndError:
            pass  # archives without the zeros at their end are common, and read by every engine
        except TarError as error:
            damage = str(error)
        for _ in pieces:
            pass
        return damage

    def _take(self, stream: TarStream, member: TarMember) -> None:
        self.name_bytes += len(member.path) + len(member.link)
        if self.name_bytes > self._limits.name_bytes:
            raise TarError(f"has names of more than {self._limits.name_bytes:,} bytes")
        try:
            path, odd = cleaned(member.path)
            if odd is not None:
                self._remarks.add(member.path, odd)
            if not path:
                return  # the root itself
            parent, _, name = path.rpartition(b"/")
            if parent.startswith(_META):
                return  # what AUFS keeps for itself
            if name.startswith(_WHITEOUT):
                self._hide(parent, name)
                return
            self._put(stream, member, self._placed.place(path))
        except (EntryNameError, EntryPlaceError) as error:
            self._remarks.add(member.path, f"left out: {error}")

    def _hide(self, parent: bytes, name: bytes) -> None:
        directory = self._placed.directory(parent)
        if name == _OPAQUE:
            self._placed.hide(directory, None)
            return
        if name.startswith(_META):
            return  # what AUFS keeps for itself
        hidden = name[len(_WHITEOUT) :]
        if hidden in (b"", b".", b".."):
            raise EntryNameError("a whiteout that names nothing")
        self._placed.hide(directory, hidden)

    def _put(self, stream: TarStream, member: TarMember, path: bytes) -> None:
        kind = member.kind
        if kind is _FILE:
            self._set(path, self._entry(EntryKind.FILE, member))
            self._take_content(stream, member, path)
        elif kind is _DIRECTORY:
            self._set(path, self._entry(EntryKind.DIRECTORY, member))
        elif kind is _SYMLINK:
            self._set(path, LayerEntry(EntryKind.SYMLINK, len(member.link), member.mode, member.link))
        elif kind is _HARDLINK:
            self._put_hard_link(path, member)
        elif kind is _SPARSE:
            self._set(path, self._entry(EntryKind.FILE, member))
            self._left_out[path] = "its content has holes, which are not supported"
            self._remarks.add(path, "its content has holes, it is not looked into")
        else:
            self._set(path, self._entry(EntryKind.OTHER, member))

    def _entry(self, kind: EntryKind, member: TarMember) -> LayerEntry:
        """An entry without a target; equal ones are the same where there are not too many kinds of them."""
        key = (kind, member.size_bytes, member.mode)
        entry = self._shared.get(key)
        if entry is None:
            entry = LayerEntry(kind, member.size_bytes if kind is EntryKind.FILE else 0, member.mode)
            if len(self._shared) < _SHARED_LIMIT:
                self._shared[key] = entry
        return entry

    def _set(self, path: bytes, entry: LayerEntry) -> None:
        replaced = self._placed.put(path, entry)
        if not replaced:
            return
        for one in replaced:
            held = self._contents.pop(one, None)
            if held is not None:
                self._room.release(held)
            self._elves.pop(one, None)
            self._left_out.pop(one, None)
            if self._digests is not None:
                self._digests.pop(one, None)
        self._remarks.add(path, "the layer sets it more than once; the last entry counts")

    def _put_hard_link(self, path: bytes, member: TarMember) -> None:
        try:
            target = self._placed.place(cleaned(member.link)[0])
        except EntryNameError as error:
            raise EntryPlaceError(f"the target of its hard link: {error}") from error
        if target in (b"", path) or target.startswith(path + b"/"):
            raise EntryPlaceError("a hard link to itself or to what it would replace")
        entry = self._placed.entries.get(target)
        if entry is None:  # of a layer below, which alone tells what it is
            self._set(path, LayerEntry(EntryKind.HARDLINK, 0, member.mode, target))
            return
        if entry.kind is EntryKind.DIRECTORY:
            raise EntryPlaceError("a hard link to a directory")
        self._set(path, entry)
        if entry.kind is EntryKind.FILE and self._wanted.limit(path) is not None:
            self._share_content(path, target)
        if target in self._elves:
            self._elves[path] = self._elves[target]
        if self._digests is not None and target in self._digests:
            self._digests[path] = self._digests[target]

    def _share_content(self, path: bytes, target: bytes) -> None:
        if target in self._contents:
            self._hold(path, self._contents[target].content())
        elif target in self._left_out:
            self._left_out[path] = self._left_out[target]
        else:
            self._left_out[path] = "it is a hard link to a file that was not kept"
            self._remarks.add(path, "it is a hard link to a file that was not kept")

    def _take_content(self, stream: TarStream, member: TarMember, path: bytes) -> None:
        size_bytes = member.size_bytes
        is_elf = self._elf is not None and size_bytes >= _SMALLEST_ELF_BYTES and stream.starts_with(ELF_MAGIC)
        limit = self._wanted.limit(path)
        if limit is not None and size_bytes > (limit := min(limit, self._limits.keep.file_bytes)):
            self._left_out[path] = f"it is larger than the limit of {limit:,} bytes"
            limit = None
        if limit is not None:
            content = stream.content(member, limit)
            if self._digests is not None:
                self._digests[path] = hashlib.sha256(content).digest()
            self._hold(path, content)
            if is_elf:
                self._take_elf(path, iter((memoryview(content),)), size_bytes)
        elif is_elf or self._digests is not None:
            pieces = stream.pieces()
            if self._digests is None:
                self._take_elf(path, pieces, size_bytes)
                return
            sha256 = hashlib.sha256()
            hashed = _hashing(pieces, sha256)
            if is_elf:
                self._take_elf(path, hashed, size_bytes)
            for _ in hashed:
                pass
            self._digests[path] = sha256.digest()

    def _hold(self, path: bytes, content: bytes) -> None:
        held = self._room.kept(content)
        if held is not None:
            self._contents[path] = held
            return
        self._left_out[path] = "there was no room to keep it"
        self._remarks.add(path, "there was no room to keep it")

    def _take_elf(self, path: bytes, pieces: Iterator[memoryview], size_bytes: int) -> None:
        assert self._elf is not None
        if len(self._elves) >= self._limits.elves:
            self._remarks.add(path, "an ELF file beyond those that are looked at")
            return
        try:
            elf = reduced_elf(self._elf, pieces, size_bytes)
        except TarError:
            raise
        except ValueError:
            self._remarks.add(path, "a damaged ELF file")
            return
        if elf is not None:
            self._elves[path] = elf


def _hashing(pieces: Iterator[memoryview], sha256: hashlib._Hash) -> Iterator[memoryview]:
    for piece in pieces:
        sha256.update(piece)
        yield piece
