"""Refuses releases of which every file was uploaded after the cutoff, or at a time that is not known."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.units.verdicts import Refusal


class ExcludeNewerSieve:
    """Refuses what was uploaded after a moment.

    The listing has lost the files of that time already; what is refused here are releases with none left.
    """

    name = "exclude-newer"

    def applies(self, context: Context) -> bool:
        """Where --exclude-newer or --exclude-newer-package is given."""
        return context.cutoff is not None

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for what is too new, one for what has no time."""
        listing = project.listing
        moment = context.cutoff.of(project.name) if context.cutoff else None
        if listing is None or moment is None:
            return
        too_new = unknown = 0
        for position, shape in enumerate(listing.shape_of):
            if not listing.shapes[shape]:
                if listing.uploaded[position] is None:
                    unknown |= bit(position)
                else:
                    too_new |= bit(position)
        if too_new:
            yield self._refusal(too_new, f"was not uploaded before {moment}Z")
        if unknown:
            yield self._refusal(unknown, "was uploaded at a time that the index does not state")

    def _refusal(self, releases: int, message: str) -> Refusal:
        evidence = Evidence(what="upload times of the files listed", where="index")
        return Refusal(releases, Justification(unit=self.name, message=message, evidence=(evidence,)))
