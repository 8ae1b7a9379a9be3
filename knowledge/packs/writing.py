"""Records as the bytes of a pack: each once, in an order that depends on nothing but what they say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from analyzers.digests import sha256_of
from analyzers.reports import Tool
from knowledge.observations.known import Record
from knowledge.observations.verdicts import VerdictCheck
from knowledge.packs.records import FORMAT, PackFoot, PackHead, PackLine

_LEVEL = 12
_encode = msgspec.json.Encoder(order="deterministic").encode


class Packed(NamedTuple):
    """A pack.

    Attributes:
        content: of the file.
        digest: ``sha256:…`` by which it can be demanded.
    """

    content: bytes
    digest: str
    observations: int
    verdicts: int


def packed(records: Iterable[Record], tool: Tool) -> Packed:
    """The pack of some records; where they came from is left out, for the reader it is the pack.

    Args:
        records: any, also one from several origins.
        tool: that writes it.
    """
    import zstandard

    observations: set[bytes] = set()
    verdicts: set[bytes] = set()
    for record in records:
        own = msgspec.structs.replace(record, origin=None)
        if isinstance(own, VerdictCheck):
            verdicts.add(_encode(PackLine(verdict=own)))
        else:
            observations.add(_encode(PackLine(observation=own)))
    head = PackHead(pack=FORMAT, tool=tool, observations=len(observations), verdicts=len(verdicts))
    lines = [_encode(head), *sorted(observations), *sorted(verdicts)]
    body = b"".join(line + b"\n" for line in lines)
    digest = sha256_of(body)
    text = body + _encode(PackFoot(digest=digest)) + b"\n"
    content = zstandard.ZstdCompressor(level=_LEVEL).compress(text)
    return Packed(content, digest, len(observations), len(verdicts))
