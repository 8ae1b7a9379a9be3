"""Warns of a Python that gets no security fixes any more."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Evidence, Justification, Level
from images.facts.lifecycles import python_lifecycle
from resolver.context import Context


class PythonEndOfLifeBoot:
    """Warns when the Python of the target gets no security fixes any more.

    Source: the release schedules, see `images.facts.lifecycles`.
    """

    name = "python-end-of-life"

    def applies(self, context: Context) -> bool:
        """Where the date of the run is known."""
        return context.today is not None

    def prepare(self, context: Context) -> Iterator[Justification]:
        """A warning, or nothing."""
        minor = f"{context.target.python.major}.{context.target.python.minor}"
        lifecycle = python_lifecycle(minor)
        if lifecycle is not None and context.today is not None and lifecycle.is_over(context.today):
            pep = f"PEP {int(lifecycle.source.rstrip('/').rpartition('-')[2])}"
            yield Justification(
                unit=self.name,
                level=Level.WARNING,
                message=f"Python {minor} has had no security fixes since {lifecycle.until}",
                evidence=(Evidence(what=f"the schedule ends in {lifecycle.until}", where=pep),),
                link=lifecycle.source,
            )
