"""Says which projects stop at an older release, or must be built, because of the target's C library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analyzers.evidence import Justification, Level
from knowledge.releases import FileKind
from resolver.advising.other_libcs import Served, held_back, remark, served_by_glibc
from resolver.context import Context
from resolver.states.stack import Member, Stack


class LibcHoldsBackWrap:
    """Names the members that another C library would serve better, and which systems have it."""

    name = "libc-holds-back"

    def applies(self, context: Context) -> bool:
        """Where the C library of the target is known."""
        return context.target.environment.text("libc.name") is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One remark about the whole stack, or none."""
        served = sorted(one for member in stack.members.values() for one in _served(member, context))
        if not served:
            return {}
        return {"": [remark(self.name, served, context, level=Level.INFO)]}


def _served(member: Member, context: Context) -> Iterator[Served]:
    project = member.project
    newer = held_back(member, context)
    if newer is not None:
        yield newer
        return
    files = project.files(member.position, context.target)
    if files and files[0].kind is FileKind.SDIST:
        minor = served_by_glibc(project, member.position, context)
        if minor is not None:
            yield Served(project.name, member.version, minor, "built from its sources")
