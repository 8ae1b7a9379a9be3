"""Warns where the oldest release shall be taken and nothing says how old it may be."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from analyzers.evidence import Justification, Level
from resolver.context import Context, Resolution

_LOWER = frozenset({">", ">=", "==", "===", "~="})


class LowerBoundBoot:
    """Warns of requirements without a lower bound where their oldest release is to be taken."""

    name = "lower-bound"

    def applies(self, context: Context) -> bool:
        """Where --resolution asks for the lowest releases."""
        return context.resolution is not Resolution.HIGHEST

    def prepare(self, context: Context) -> Iterator[Justification]:
        """One warning for all of them, or nothing."""
        direct = dict.fromkeys(requirement.dependency.project for requirement in context.requirements)
        unbounded = [name for name in direct if not _is_bounded(name, context)]
        if unbounded:
            names = ", ".join(unbounded)
            yield Justification(
                unit=self.name,
                level=Level.WARNING,
                message=f"no lower bound is stated for {names}: the oldest release that fits is meant",
            )


def _is_bounded(project: str, context: Context) -> bool:
    try:
        clauses = [c for s in context.statements(project) for c in SpecifierSet(s.specifiers)]
    except InvalidSpecifier:
        return True  # the search says what is wrong with it
    return any(clause.operator in _LOWER for clause in clauses)
