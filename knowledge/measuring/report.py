"""What `stackwright measure` says: `MeasurementReport`, which can be kept and shipped as it is."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzers.reports import Report
from images.facts.environment import RuntimeEnvironment
from knowledge.observations.record import Measurement, Observation, ObservationKind, Outcome, ReleaseIdentity


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What one release needs for one benchmark; see `knowledge.observations.record.Observation`."""

    subject: tuple[ReleaseIdentity, ...]
    value: float
    unit: str
    measurement: Measurement


class MeasurementReport(Report, frozen=True, kw_only=True):
    """Figures that were taken in one session on one machine."""

    environment: RuntimeEnvironment
    figures: tuple[Figure, ...]

    def observations(self) -> Iterator[Observation]:
        """Each figure with everything that is known of it."""
        for figure in self.figures:
            yield Observation(
                kind=ObservationKind.BENCHMARK,
                subject=figure.subject,
                environment=self.environment,
                outcome=Outcome.MEASURED,
                value=figure.value,
                unit=figure.unit,
                measurement=figure.measurement,
                created_at=self.created_at,
                tool=self.tool,
            )
