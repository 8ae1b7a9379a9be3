"""Reads what says what the labels of a release mean: a file of the index, or of the wheels themselves.

What was read is kept by the content's hash. A file that cannot be read or believed is an unknown.
"""

from __future__ import annotations

import concurrent.futures
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from analyzers.archives.zips import ZipArchive
from analyzers.files import FileReaderError
from analyzers.ranges import RangeReader
from analyzers.undecodable import UNDECODABLE
from analyzers.wheels import WheelError, wheel_dist_info
from knowledge.errors import KnowledgeError
from knowledge.files.digests import verify
from knowledge.files.remote_files import parsed_by_ranges
from knowledge.indexes.find_links import open_local
from knowledge.transport.statistics import RequestKind
from knowledge.variants.documents import LARGEST_BYTES, VariantsError, combined, parse_variants
from knowledge.variants.records import VariantsDocument

if TYPE_CHECKING:
    from knowledge.releases import File
    from knowledge.stores.derivations import Derivations
    from knowledge.transport.client import Client
    from knowledge.transport.threads import Transport

INSTRUMENT = "variants/1"
MOST_BYTES = 32 << 20
"""Of all files that are read at once; each may have an equal part of it."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(VariantsDocument).decode
_Future = concurrent.futures.Future[VariantsDocument]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where one release says what its labels mean.

    Attributes:
        document: the index's file; None where it has none.
        wheels: one for each label, asked where there is no such file.
    """

    document: File | None
    wheels: tuple[File, ...]

    @property
    def asked(self) -> tuple[File, ...]:
        """The files that are read."""
        return self.wheels if self.document is None else (self.document,)


class VariantsReader:
    """Reads many releases' variants at once.

    Args:
        transport: makes requests.
        kept: what earlier runs read.
        offline: no request is made.
    """

    def __init__(self, transport: Transport, kept: Derivations, *, offline: bool) -> None:
        self._transport = transport
        self._kept = kept
        self._offline = offline

    def read(self, sources: Sequence[Source]) -> list[VariantsDocument | str]:
        """For each source what it says, or why that is not known."""
        files = {file.filename: file for source in sources for file in source.asked}
        known = self._known(list(files.values()))
        wanted = [file for name, file in files.items() if name not in known]
        most_bytes = min(LARGEST_BYTES, MOST_BYTES // max(len(wanted), 1))
        requests = {file.filename: self._request(file, most_bytes) for file in wanted}
        found: dict[str, VariantsDocument | str] = dict(known)
        fresh: dict[str, bytes] = {}
        for name, request in requests.items():
            try:
                document = request.result()
            except (KnowledgeError, FileReaderError, VariantsError, OSError) as error:
                found[name] = str(getattr(error, "reason", "") or error)
                continue
            found[name] = document
            if digest := _digest(files[name]):
                fresh[digest] = _encode(document)
        self._kept.keep(fresh)
        return [_together([found[file.filename] for file in source.asked]) for source in sources]

    def _known(self, files: Sequence[File]) -> dict[str, VariantsDocument]:
        digests = {digest: file for file in files if (digest := _digest(file))}
        known = {}
        for digest, payload in self._kept.known(list(digests)).items():
            try:
                known[digests[digest].filename] = _decode(payload)
            except UNDECODABLE:
                continue  # as if it were not kept
        return known

    def _request(self, file: File, most_bytes: int) -> _Future:
        work: Callable[[Client], VariantsDocument]
        if file.url.startswith("file:"):
            return _done(functools.partial(_of_local_wheel, file, most_bytes))
        if self._offline:
            return _done(_raise_offline)
        of_kind = _of_wheel if file.filename.endswith(".whl") else _of_index
        work = functools.partial(of_kind, file, most_bytes)
        return self._transport.submit(work)


def _together(found: Sequence[VariantsDocument | str]) -> VariantsDocument | str:
    documents = [document for document in found if isinstance(document, VariantsDocument)]
    try:
        return (
            combined(documents) if documents else next((each for each in found if isinstance(each, str)), "")
        )
    except VariantsError as error:
        return str(error)


def _digest(file: File) -> str:
    return file.hashes.get("sha256", "")


def _done(work: Callable[[], VariantsDocument]) -> _Future:
    future: _Future = concurrent.futures.Future()
    try:
        future.set_result(work())
    except (KnowledgeError, FileReaderError, VariantsError, OSError) as error:
        future.set_exception(error)
    return future


def _raise_offline() -> VariantsDocument:
    raise VariantsError("it is not in the store, and --offline forbids asking the index")


def _of_index(file: File, most_bytes: int, client: Client) -> VariantsDocument:
    response = client.get(file.url, RequestKind.METADATA, largest_bytes=most_bytes)
    verify(file, file.hashes, response.body, "the file")
    return parse_variants(response.body)


def _of_wheel(file: File, most_bytes: int, client: Client) -> VariantsDocument:
    return _checked(file, parsed_by_ranges(client, file, _WheelVariant(most_bytes)))


def _of_local_wheel(file: File, most_bytes: int) -> VariantsDocument:
    local = open_local(file)
    assert local is not None
    try:
        return _checked(file, _WheelVariant(most_bytes)(local))
    finally:
        local.close()


def _checked(file: File, body: bytes) -> VariantsDocument:
    """What a wheel says of its own label.

    Raises:
        VariantsError: it says nothing of it, or something of others.
    """
    from knowledge.indexes.filenames import split_label

    document = parse_variants(body)
    label = split_label(file.filename)[1]
    if list(document.variants) != [label]:
        raise VariantsError(f"the variant.json of {file.filename} is not about its label")
    return document


class _WheelVariant:
    """The ``variant.json`` of one wheel, which is asked for again once what was missing is there."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._archive: ZipArchive | None = None

    def __call__(self, reader: RangeReader) -> bytes:
        if self._archive is None:
            self._archive = ZipArchive(reader, containing=b".dist-info/")
        path = wheel_dist_info(self._archive) + b"/variant.json"
        member = self._archive.members.get(path)
        if member is None:
            raise WheelError(path, "is missing from the wheel")
        return self._archive.read(member, self._most_bytes)
