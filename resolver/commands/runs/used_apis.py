"""What the user's code uses of releases that were chosen elsewhere and do not offer it: read, never run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from analyzers.api.missing import missing
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.evidence import Finding, Level
from analyzers.reports import Unknown
from analyzers.source.signals.demand import ApiDemand
from knowledge.catalog import Knowledge
from knowledge.imports.evidence_budget import EvidenceBudget
from knowledge.imports.stack_files import Pinned
from knowledge.wheels.surfaces import WheelSurfaces
from resolver.commands.subjects.reading_targets import reading_target
from resolver.reports.check import Verdict, use_verdict
from resolver.targets.target import Target


class UsedApis:
    """Holds what code demands against pinned releases.

    Args:
        demands: of the code, each on one distribution.
        target: for which releases are read.
        budget: what may be spent.
    """

    def __init__(self, demands: Iterable[ApiDemand], target: Target, budget: EvidenceBudget) -> None:
        self._demands, self._target, self._budget = tuple(demands), target, budget
        self.unknowns: list[Unknown] = []

    def locked(self, pins: Mapping[str, Pinned], knowledge: Knowledge) -> Iterator[Verdict]:
        """What releases lack, as their wheels on the index say.

        Args:
            pins: normalised name to release.
            knowledge: opens wheels, keeps answers, and is told what could not be read.
        """
        surfaces = WheelSurfaces(knowledge, reading_target(self._target), time.time)
        for demand in self._demands:
            pin = pins.get(demand.distribution)
            if pin is None:
                continue
            release = f"{demand.distribution} {pin.version}"
            reason = self._budget.spent()
            if reason is None and self._budget.is_stored_only:
                reason = "files must not be read"
            if reason is not None:
                what = f"whether {release} offers what the code uses"
                self.unknowns.append(Unknown(what=what, where=release, reason=reason))
                continue
            before_bytes = knowledge.statistics.received_bytes
            try:
                with self._budget:
                    yield from _verdicts(release, surfaces.missing(demand, pin.file, release) or ())
            finally:
                self._budget.spent_bytes += knowledge.statistics.received_bytes - before_bytes

    def installed(self, versions: Mapping[str, str], surfaces: DistributionSurfaces) -> Iterator[Verdict]:
        """What installed releases lack.

        Args:
            versions: by normalised name.
            surfaces: of the places that they are installed in.
        """
        for demand in self._demands:
            if demand.distribution in versions:
                release = f"{demand.distribution} {versions[demand.distribution]}"
                yield from _verdicts(release, missing(demand, surfaces, release))


def _verdicts(release: str, found: Iterable[Finding]) -> Iterator[Verdict]:
    """What is merely possible is left out, as `advise` leaves it out."""
    return (use_verdict(release, finding) for finding in found if finding.level is Level.ERROR)
