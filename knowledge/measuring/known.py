"""What was measured of projects: here, as the store has it, and elsewhere, as the program ships it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from knowledge.errors import BenchmarkError
from knowledge.measuring.report import MeasurementReport
from knowledge.observations import Observation, ObservationKind
from knowledge.store import ObservationRow, Store

OBSERVED = Path(__file__).with_name("observed")
"""A folder for each project, with a report for each machine: only what is asked for is read."""
LARGEST_FILE_BYTES = 8 << 20
_NAME = re.compile(r"[a-z0-9-]+")


class KnownMeasurements:
    """Implements `resolver.source.ReleaseMeasurements`.

    Args:
        store: what was measured here.
        shipped: where what was measured elsewhere stands; None to leave that out.
    """

    def __init__(self, store: Store, shipped: Path | None = OBSERVED) -> None:
        self._store, self._shipped = store, shipped
        self._known: dict[str, Sequence[Observation]] = {}

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        """Those of each project (normalised name); empty where none is known.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = list(projects)
        unread = [project for project in wanted if project not in self._known]
        if unread:
            kept = self._store.observations(unread)
            for project in unread:
                self._known[project] = (*_decoded(kept.get(project, ())), *self._elsewhere(project))
        return {project: self._known[project] for project in wanted}

    def _elsewhere(self, project: str) -> Iterable[Observation]:
        if self._shipped is None or not _NAME.fullmatch(project):
            return
        for path in sorted((self._shipped / project).glob("*.json")):
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
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BenchmarkError(str(path), f"it is no report of measurements: {error}"[:300], remedy) from error


def keep(report: MeasurementReport, store: Store) -> int:
    """Keep what a report has in the store; returns how many observations those are.

    Raises:
        StoreError: the store cannot be written.
    """
    rows = [_row(observation) for observation in report.observations()]
    store.keep_observations(rows)
    return len(rows)


def _row(observation: Observation) -> ObservationRow:
    import datetime

    measured = observation.subject[0]
    measurement = observation.measurement
    assert measurement is not None
    key = f"{measurement.session}\n{measurement.benchmark}\n{measured}"
    moment = datetime.datetime.fromisoformat(observation.created_at)
    return ObservationRow(
        ObservationKind.BENCHMARK.value,
        measured.project,
        hashlib.sha256(key.encode()).hexdigest()[:32],
        int(moment.timestamp()),
        msgspec.msgpack.encode(observation),
    )


def _decoded(payloads: Iterable[bytes]) -> Iterable[Observation]:
    for payload in payloads:
        try:
            observation = msgspec.msgpack.decode(payload, type=Observation)
        except msgspec.DecodeError:  # of another release of this program
            continue
        if observation.measurement is not None:  # else of a probe
            yield observation
