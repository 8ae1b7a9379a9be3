"""Which import names distributions provide, read from the directories of their wheels and kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from analyzers.archives.zips import ZipArchive
from analyzers.evidence import Confidence
from analyzers.files import FileReaderError
from analyzers.reports import Unknown
from analyzers.source.names.provided import provided
from analyzers.source.records import DistributionMatch
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.files.block_reader import BlockReader
from knowledge.indexes.filenames import normalized
from knowledge.releases import File, FileKind

_INSTRUMENT = "provides/1"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, ...]).decode


class WheelNames:
    """Implements `analyzers.source.protocols.DistributionNames`.

    Args:
        provided: distribution (normalised) to dotted import names.
    """

    def __init__(self, provided: Mapping[str, Iterable[str]]) -> None:
        self._owners: dict[str, list[str]] = {}
        for distribution in sorted(provided):
            for name in provided[distribution]:
                self._owners.setdefault(name, []).append(distribution)

    def providers(self, module: str) -> Sequence[DistributionMatch]:
        """See `DistributionNames.providers`."""
        prefix = module
        while prefix:
            if owners := self._owners.get(prefix):
                confidence = Confidence.CERTAIN if len(owners) == 1 else Confidence.LIKELY
                return [
                    DistributionMatch(name=name, confidence=confidence, source="wheel") for name in owners
                ]
            prefix = prefix.rpartition(".")[0]
        return ()


def wheel_names(knowledge: Knowledge, projects: Collection[str], now: Callable[[], float]) -> WheelNames:
    """What the newest wheels of some projects provide; what cannot be known is doubted.

    Args:
        knowledge: is asked for listings and ranges of wheels.
        projects: names; only these are asked for.
        now: seconds since the epoch.
    """
    names = sorted(set(map(normalized, projects)))
    kept = knowledge.derivations(_INSTRUMENT, now)
    knowledge.prefetch_listings(names)
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        try:
            wheel = _newest_wheel(knowledge, name)
            if wheel is None:
                continue
            key = wheel.hashes.get("sha256") or wheel.url
            known = kept.known([key])
            if key in known:
                found[name] = _decode(known[key])
                continue
            archive = ZipArchive(BlockReader(knowledge.remote_file(wheel)))
            found[name] = provided(path.decode("utf-8", "replace") for path in archive.members)
            kept.keep({key: _encode(found[name])})
        except (KnowledgeError, FileReaderError) as error:
            knowledge.doubt([Unknown(what=f"the modules of {name}", where=name, reason=str(error))])
    return WheelNames(found)


def _newest_wheel(knowledge: Knowledge, project: str) -> File | None:
    """A wheel of the newest stable release that has one; None where there is none, or no such project."""
    listing = knowledge.listing(project)
    if listing is None:
        return None
    for position in reversed(range(len(listing.versions))):
        if position in listing.prereleases or position in listing.yanked:
            continue
        wheels = [file for file in listing.files(position) if file.kind is FileKind.WHEEL]
        if wheels:
            return min(wheels, key=lambda file: (file.size_bytes or 0, file.filename))
    return None
