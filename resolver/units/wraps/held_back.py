"""Says who keeps a project from a newer release that the target could use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit


class HeldBackWrap:
    """Names the members, and the requirements of the user, whose bounds exclude the newest usable release."""

    name = "held-back"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One remark for each project that is held back."""
        found = {name: self._remark(member, stack, context) for name, member in stack.members.items()}
        return {name: [remark] for name, remark in found.items() if remark is not None}

    def _remark(self, member: Member, stack: Stack, context: Context) -> Justification | None:
        project = member.project
        if project.ascending:
            return None
        preferable = project.preferred_to(member.position)
        if not preferable:
            return None
        best = project.best(preferable)
        assert best is not None
        holders = [
            f"{who} ({project.name}{specifiers})"
            for who, specifiers in _asked(member, stack, context)
            if not project.versions.mask(specifiers) & bit(best)
        ]
        if not holders:
            return None
        message = (
            f"is held back by {' and '.join(holders)}; {project.version(best)} is the newest usable release"
        )
        evidence = tuple(
            Evidence(what=f"{holder} excludes {project.version(best)}", where="metadata")
            for holder in holders
        )
        return Justification(unit=self.name, message=f"{project.name} {message}", evidence=evidence)


def _asked(member: Member, stack: Stack, context: Context) -> Iterator[tuple[str, str]]:
    """Who asks for a project, and for which releases of it."""
    for requirement in context.direct(member.project.name):
        yield "your requirement", requirement.dependency.specifiers
    for dependent, specifiers in sorted(member.asked.items()):
        other = stack.members[dependent]
        for text in sorted(specifiers):
            yield f"{dependent} {other.version}", text
