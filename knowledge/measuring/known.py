"""What was measured of projects: here, as the store has it, and elsewhere, as the program ships it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.errors import BenchmarkError
from knowledge.measuring.report import MeasurementReport
from knowledge.observations.known import keep_observations
from knowledge.observations.record import Observation, ObservationKind
from knowledge.read_once import ReadOnce
from knowledge.stores.store import Store

OBSERVED = Path(__file__).with_name("observed")
"""A folder for each project, with a report for each machine: only what is asked for is read."""
LARGEST_FILE_BYTES = 8 << 20
_NAME = re.compile(r"[a-z0-9-]+")


class KnownMeasurements(ReadOnce[Observation]):
    """Implements `resolver.source.ReleaseMeasurements`. Figures of others, from packs, do not count.

    Args:
        store: what was measured here.
        shipped: where what was measured elsewhere stands; None to leave that out.
    """

    def __init__(self, store: Store, shipped: Path | None = OBSERVED) -> None:
        def read(projects: Sequence[str]) -> Mapping[str, Sequence[Observation]]:
            kept = store.observations(projects, (ObservationKind.BENCHMARK,))
            return {
                project: (*_decoded(kept.get(project, ())), *_elsewhere(project, shipped))
                for project in projects
            }

        super().__init__(read)


def _elsewhere(project: str, shipped: Path | None) -> Iterable[Observation]:
    if shipped is None or not _NAME.fullmatch(project):
        return
    for path in sorted((shipped / project).glob("*.json")):
        yield from read_measurements(path).observations()


def read_measurements(path: Path) -> MeasurementReport:
    """The report of a file that ``stackwright measure -o`` wrote.

    Raises:
        BenchmarkError: it is none.
    """
    remedy = "name a file that stackwright measure -o wrote"
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BenchmarkError(str(path), error.strerror or str(error), remedy) from error
    if len(data) > LARGEST_FILE_BYTES:
        raise BenchmarkError(str(path), f"it is larger than {LARGEST_FILE_BYTES} bytes", remedy)
    try:
        return msgspec.json.decode(data, type=MeasurementReport)
    except UNDECODABLE as error:
        raise BenchmarkError(str(path), f"it is no report of measurements: {error}"[:300], remedy) from error


def keep(report: MeasurementReport, store: Store) -> int:
    """Keep what a report has in the store; returns how many observations those are.

    Raises:
        StoreError: the store cannot be written.
    """
    return keep_observations(report.observations(), store)


def _decoded(payloads: Iterable[bytes]) -> Iterable[Observation]:
    for payload in payloads:
        try:
            found = msgspec.msgpack.decode(payload, type=Observation)
        except UNDECODABLE:  # of another release of this program
            continue
        if found.origin is None and found.measurement is not None:  # else of a pack, or of a probe
            yield found
