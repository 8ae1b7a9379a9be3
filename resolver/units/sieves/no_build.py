"""Refuses releases that the target could only build, where builds are forbidden."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.targets.formats import FormatPolicy, Formats
from resolver.units.verdicts import Refusal


class NoBuildSieve:
    """Refuses releases that would have to be built, where that is forbidden."""

    name = "no-build"

    def applies(self, context: Context) -> bool:
        """Where an option forbids kinds of files."""
        return context.formats != FormatPolicy()

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for all releases that a permission to build would let in."""
        formats, target = project.formats, context.target
        if formats.sdists:
            return
        with_builds = Formats(wheels=formats.wheels, sdists=True)
        releases = project.installable(target, with_builds) & ~project.installable(target, formats)
        if releases:
            wheel = "wheel" if formats.wheels else "permitted wheel"
            message = f"has no {wheel} for {target.name}, and builds are forbidden"
            evidence = Evidence(what="tags of the files listed", where="index")
            yield Refusal(releases, Justification(unit=self.name, message=message, evidence=(evidence,)))
