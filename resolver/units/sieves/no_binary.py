"""Refuses releases that come as wheels only, where wheels are forbidden."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.targets.formats import FormatPolicy, Formats
from resolver.units.verdicts import Refusal


class NoBinarySieve:
    """Refuses releases without a source distribution, where wheels are forbidden."""

    name = "no-binary"

    def applies(self, context: Context) -> bool:
        """Where an option forbids kinds of files."""
        return context.formats != FormatPolicy()

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for all releases that a permission to use wheels would let in."""
        formats, target = project.formats, context.target
        if formats.wheels:
            return
        with_wheels = Formats(wheels=True, sdists=formats.sdists)
        releases = project.installable(target, with_wheels) & ~project.installable(target, formats)
        if releases:
            message = "comes as a wheel only, and wheels are forbidden"
            evidence = Evidence(what="tags of the files listed", where="index")
            yield Refusal(releases, Justification(unit=self.name, message=message, evidence=(evidence,)))
