"""What ``stackwright probe`` says: `ProbeReport`, and the observation that it stands for."""

from __future__ import annotations

from analyzers.reports import Report
from images.environment import RuntimeEnvironment
from knowledge.observations import Observation, ObservationKind, Outcome, ReleaseIdentity
from knowledge.probing.records import ProbeResult, Verdict


class ProbeReport(Report, frozen=True, kw_only=True):
    """What came of a stack.

    Attributes:
        releases: of the stack, sorted.
        environment: facts of the machine, or of the root, whose interpreter ran it.
        has_script: whether a script was run after the imports.
    """

    releases: tuple[ReleaseIdentity, ...]
    environment: RuntimeEnvironment
    result: ProbeResult
    has_script: bool = False

    def observation(self) -> Observation | None:
        """What was seen, to be kept; None where nothing is known."""
        result = self.result
        if result.verdict is Verdict.NOT_KNOWN:
            return None
        passed = result.verdict is Verdict.PASSED
        return Observation(
            kind=ObservationKind.TEST if self.has_script else ObservationKind.IMPORT,
            subject=self.releases,
            environment=self.environment,
            outcome=Outcome.PASSED if passed else Outcome.FAILED,
            value=result.run_s,
            unit="s",
            blame=result.blame,
            failure=result.failure,
            created_at=self.created_at,
            tool=self.tool,
        )
