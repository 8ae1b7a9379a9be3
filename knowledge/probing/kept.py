"""Keeps what a probe saw in the store, under each project that it says something of."""

from __future__ import annotations

import datetime
import hashlib

import msgspec

from knowledge.observations import Observation
from knowledge.store import ObservationRow, Store


def keep_probe(observation: Observation, store: Store) -> int:
    """Keep it under every project of the stack; returns how many rows those are.

    Raises:
        StoreError: the store cannot be written.
    """
    moment = datetime.datetime.fromisoformat(observation.created_at)
    payload = msgspec.msgpack.encode(observation)
    digest = hashlib.sha256(payload).hexdigest()[:32]
    projects = sorted({release.project for release in observation.blame or observation.subject})
    rows = [
        ObservationRow(observation.kind.value, project, digest, int(moment.timestamp()), payload)
        for project in projects
    ]
    store.keep_observations(rows)
    return len(rows)
