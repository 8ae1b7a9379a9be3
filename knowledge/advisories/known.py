"""Vulnerabilities of projects as the store has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.advisories.records import Advisory
from knowledge.advisories.vulnerabilities import Vulnerability, vulnerabilities
from knowledge.read_once import ReadOnce
from knowledge.stores.store import Store

_DECODER = msgspec.msgpack.Decoder(Advisory)


class KnownVulnerabilities(ReadOnce[Vulnerability]):
    """Implements `resolver.source.ReleaseVulnerabilities`: those of a project come the gravest first."""

    def __init__(self, store: Store) -> None:
        def read(projects: Sequence[str]) -> Mapping[str, Sequence[Vulnerability]]:
            rows = store.advisories(projects)
            return {project: vulnerabilities(_decoded(rows[project])) for project in rows}

        super().__init__(read)


def _decoded(payloads: Iterable[bytes]) -> Iterable[Advisory]:
    for payload in payloads:
        try:
            yield _DECODER.decode(payload)
        except UNDECODABLE:  # of another release of this program: importing it again mends it
            continue
