"""What `stackwright host` says of a target: `EnvironmentReport`."""

from __future__ import annotations

from analyzers.reports import Report
from images.environment import RuntimeEnvironment


class EnvironmentReport(Report, frozen=True, kw_only=True):
    """The facts of one target, and how each is known."""

    environment: RuntimeEnvironment
