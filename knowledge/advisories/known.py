"""Vulnerabilities of projects as the store has them; each project is read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from knowledge.advisories.records import Advisory
from knowledge.advisories.vulnerabilities import Vulnerability, vulnerabilities
from knowledge.store import Store

_DECODER = msgspec.msgpack.Decoder(Advisory)


class KnownVulnerabilities:
    """Implements `resolver.source.ReleaseVulnerabilities`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Sequence[Vulnerability]] = {}

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Vulnerability]]:
        """Those of each project (normalised name), the gravest first; empty where none is known.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = list(projects)
        unread = [project for project in wanted if project not in self._known]
        if unread:
            rows = self._store.advisories(unread)
            for project in unread:
                self._known[project] = vulnerabilities(_decoded(rows.get(project, ())))
        return {project: self._known[project] for project in wanted}


def _decoded(payloads: Iterable[bytes]) -> Iterable[Advisory]:
    for payload in payloads:
        try:
            yield _DECODER.decode(payload)
        except msgspec.DecodeError:  # of another release of this program: importing it again mends it
            continue
