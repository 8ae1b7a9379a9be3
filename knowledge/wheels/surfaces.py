"""What a release offers of what code demands: read from its wheel by ranges, kept by the wheel's hash.

Only the modules that lead to an answer are read; nothing is downloaded whole unless it is small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from analyzers.api.conditions import Target
from analyzers.api.missing import missing
from analyzers.api.modules import Root
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.evidence import Finding
from analyzers.files import FileReaderError
from analyzers.reports import Unknown
from analyzers.source.signals.demand import ApiDemand
from analyzers.undecodable import UNDECODABLE
from analyzers.wheels import WheelReader
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.files.block_reader import BlockReader
from knowledge.releases import File, FileKind

_INSTRUMENT = "missing-api/3"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Finding, ...]).decode


def _decoded(kept: bytes | None) -> tuple[Finding, ...] | None:
    """The answer; None where nothing was kept, or something else."""
    try:
        return None if kept is None else _decode(kept)
    except UNDECODABLE:
        return None


class WheelSurfaces:
    """Answers for one target.

    Args:
        knowledge: opens files of indexes, keeps answers, and is told what could not be known.
        target: for which modules are read.
        now: seconds since the epoch.
    """

    def __init__(self, knowledge: Knowledge, target: Target, now: Callable[[], float]) -> None:
        self._knowledge = knowledge
        self._target = target
        self._answers = knowledge.derivations(_INSTRUMENT, now)
        self._known: dict[str, tuple[Finding, ...] | None] = {}

    def missing(self, demand: ApiDemand, file: File, release: str) -> tuple[Finding, ...] | None:
        """What code demands and a release lacks; None where that cannot be known, which is then doubted.

        Args:
            demand: of the code.
            file: of the release, the one that the target would install.
            release: how messages call it.
        """
        key = self._key(demand, file, release)
        if key not in self._known:
            kept = _decoded(self._answers.known([key]).get(key))
            self._known[key] = self._read(demand, file, release, key) if kept is None else kept
        return self._known[key]

    def _key(self, demand: ApiDemand, file: File, release: str) -> str:
        content = file.hashes.get("sha256") or file.url
        told = msgspec.json.encode([content, release, msgspec.to_builtins(self._target), demand])
        return hashlib.sha256(told).hexdigest()

    def _read(self, demand: ApiDemand, file: File, release: str, key: str) -> tuple[Finding, ...] | None:
        if file.kind is not FileKind.WHEEL:
            self._doubt(release, "it has no wheel for the target")
            return None
        try:
            reader = WheelReader(BlockReader(self._knowledge.remote_file(file)))
            surfaces = DistributionSurfaces([Root(reader)], self._target)
            found = tuple(missing(demand, surfaces, release))
        except (KnowledgeError, FileReaderError) as error:
            self._doubt(release, str(error))
            return None
        self._answers.keep({key: _encode(found)})
        return found

    def _doubt(self, release: str, reason: str) -> None:
        self._knowledge.doubt([Unknown(what=f"what {release} offers", where=release, reason=reason)])
