"""Refuses releases of which every file excludes the target's Python."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.targets.target import PythonFit
from resolver.units.verdicts import Refusal


class RequiresPythonSieve:
    """Refuses releases that need another Python.

    Source: PEP 345 and PEP 503, ``Requires-Python``; see `resolver.targets.target.Target.python_fit`.
    """

    name = "requires-python"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal per distinct statement of the index."""
        if project.listing is None:
            return
        for texts, releases in self._refused(project, context).items():
            wanted = " or ".join(texts)
            yield Refusal(
                releases,
                Justification(
                    unit=self.name,
                    message=f"needs Python {wanted} (the target has {context.target.python})",
                    evidence=(Evidence(what=f"Requires-Python: {wanted}", where="index"),),
                ),
            )

    @staticmethod
    def _refused(project: Project, context: Context) -> dict[tuple[str, ...], int]:
        assert project.listing is not None
        target = context.target
        statements: list[tuple[str, ...] | None] = []
        for shapes in project.listing.shapes:
            refused = bool(shapes) and all(
                target.python_fit(s.requires_python) is PythonFit.REFUSED for s in shapes
            )
            texts = tuple(sorted({s.requires_python or "" for s in shapes}))
            statements.append(texts if refused else None)
        masks: dict[tuple[str, ...], int] = {}
        for position, shape in enumerate(project.listing.shape_of):
            statement = statements[shape]
            if statement is not None:
                masks[statement] = masks.get(statement, 0) | bit(position)
        return masks
