"""Warns of a Python that gets no security fixes any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzers.evidence import Evidence, Justification, Level
from resolver.context import Context

END_OF_LIFE: Mapping[str, tuple[str, int]] = {
    "3.0": ("2009-06", 361),
    "3.1": ("2012-04", 375),
    "3.2": ("2016-02", 392),
    "3.3": ("2017-09", 398),
    "3.4": ("2019-03", 429),
    "3.5": ("2020-09", 478),
    "3.6": ("2021-12", 494),
    "3.7": ("2023-06", 537),
    "3.8": ("2024-10", 569),
    "3.9": ("2025-10", 596),
    "3.10": ("2026-10", 619),
    "3.11": ("2027-10", 664),
    "3.12": ("2028-10", 693),
    "3.13": ("2029-10", 719),
    "3.14": ("2030-10", 745),
    "3.15": ("2031-10", 790),
}
"""Minor version to the last month with security fixes and the PEP that schedules it.

Source: PEP 602 (five years of support since 3.9); https://devguide.python.org/versions/
"""


class PythonEndOfLifeBoot:
    """Warns when the Python of the target gets no security fixes any more.

    Source: the release schedules, see `END_OF_LIFE`. They are CPython's; others follow them.
    """

    name = "python-end-of-life"

    def applies(self, context: Context) -> bool:
        """Where the date of the run is known."""
        return context.today is not None

    def prepare(self, context: Context) -> Iterator[Justification]:
        """A warning, or nothing."""
        minor = f"{context.target.python.major}.{context.target.python.minor}"
        month, pep = END_OF_LIFE.get(minor, ("", 0))
        if month and context.today and context.today[: len(month)] > month:
            where = f"https://peps.python.org/pep-{pep:04}/"
            yield Justification(
                unit=self.name,
                level=Level.WARNING,
                message=f"Python {minor} has had no security fixes since {month}",
                evidence=(Evidence(what=f"the schedule ends in {month}", where=f"PEP {pep}"),),
                link=where,
            )
