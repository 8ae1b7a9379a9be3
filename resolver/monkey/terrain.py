"""What stacks are sampled from: a frozen landscape, and the file of every release in it.

It is written beside the plan, so that a run that is taken up again samples and shrinks in just this, without
an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import PinnedFile
from resolver.landscapes.instance import Instance


class KnownRelease(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One release that can be installed.

    Attributes:
        uploaded_at: RFC 3339; None where the index does not say.
    """

    position: int
    file: PinnedFile
    uploaded_at: str | None = None


class Terrain(msgspec.Struct, frozen=True, kw_only=True):
    """A state space without scores.

    Attributes:
        instance: numbers, positions and what releases ask for.
        releases: of each project by number, those that its domain holds, oldest first.
        first: a valid stack, as pairs of a project's number and a position.
        direct: numbers of the projects that are required.
    """

    instance: Instance
    releases: tuple[tuple[KnownRelease, ...], ...]
    first: tuple[tuple[int, int], ...]
    direct: tuple[int, ...]

    def pins(self, stack: Mapping[int, int]) -> tuple[PinnedFile, ...]:
        """A stack as files, sorted."""
        return tuple(sorted(self.release(project, at).file for project, at in stack.items()))

    def release(self, project: int, position: int) -> KnownRelease:
        """One release by number and position.

        Raises:
            KeyError: it is not in the domain.
        """
        found = next((one for one in self.releases[project] if one.position == position), None)
        if found is None:
            raise KeyError((project, position))
        return found

    def stack(self, releases: Iterable[ReleaseIdentity]) -> dict[int, int] | None:
        """Releases by number and position; None where one of them is not known here."""
        numbers = {project.name: number for number, project in enumerate(self.instance.projects)}
        found: dict[int, int] = {}
        for release in releases:
            number = numbers.get(release.project)
            known = self.releases[number] if number is not None else ()
            position = next((one.position for one in known if one.file.version == release.version), None)
            if number is None or position is None:
                return None
            found[number] = position
        return found
