"""What a replacement saves: the files of the release that stands in beside those of the original."""

from __future__ import annotations

from resolver.projects import Project
from resolver.stack import Member
from resolver.target import Target

_MEGABYTE = 1_000_000


def stands_in(name: str, original: str) -> str:
    """How a reason begins that says why a project serves in place of another one."""
    return f"{name} stands in for {original}"


def saved(member: Member, original: Project, target: Target) -> str | None:
    """Such as ``274.0 MB in place of 573.0 MB``; None where a size is not known or nothing is saved.

    The release of the original is that of the same version, or else the newest that the target can use. Only
    the files themselves count, not what they would have asked for besides.
    """
    texts = original.versions.texts
    if member.version in texts:
        position: int | None = texts.index(member.version)
    else:
        position = original.best(original.usable)
    if position is None:
        return None
    sizes = [_size(member.project, member.position, target), _size(original, position, target)]
    if None in sizes:
        return None
    own, other = (size or 0 for size in sizes)
    return f"{own / _MEGABYTE:,.1f} MB in place of {other / _MEGABYTE:,.1f} MB" if own < other else None


def _size(project: Project, position: int, target: Target) -> int | None:
    files = project.files(position, target)
    return files[0].size_bytes if files else None
