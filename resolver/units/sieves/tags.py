"""Refuses releases that have no file which the target can install."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.targets.formats import ANY
from resolver.targets.target import PythonFit
from resolver.units.verdicts import Refusal


class TagsSieve:
    """Refuses releases without a file that the target can install; source distributions fit anywhere.

    Source: PEP 425, PEP 600, PEP 656.
    """

    name = "tags"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for all releases without a usable file, whichever kinds are permitted."""
        if project.listing is None:
            return
        target = context.target
        unusable = []
        for shapes in project.listing.shapes:
            fitting = [s for s in shapes if target.python_fit(s.requires_python) is not PythonFit.REFUSED]
            unusable.append(bool(fitting) and all(target.file_rank(s.tags, ANY) is None for s in fitting))
        releases = sum(bit(i) for i, shape in enumerate(project.listing.shape_of) if unusable[shape])
        if releases:
            yield Refusal(
                releases,
                Justification(
                    unit=self.name,
                    message=f"has no wheel and no source distribution for {target.name}",
                    evidence=(Evidence(what="tags of the files listed", where="index"),),
                ),
            )
