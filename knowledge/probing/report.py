"""What ``stackwright probe`` says: `ProbeReport`."""

from __future__ import annotations

from analyzers.reports import Report
from images.facts.environment import RuntimeEnvironment
from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import ProbeResult


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
