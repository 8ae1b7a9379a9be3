"""What `stackwright host` says of a target: `EnvironmentReport`."""

from __future__ import annotations

from analyzers.reports import Report
from images.facts.environment import RuntimeEnvironment


class EnvironmentReport(Report, frozen=True, kw_only=True):
    """The facts of one target, and how each is known.

    Attributes:
        variants: ``namespace :: feature`` of variants of wheels to the values that the target has, in words;
            None where that is not asked for.
    """

    environment: RuntimeEnvironment
    variants: dict[str, str] | None = None
