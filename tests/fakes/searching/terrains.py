"""State spaces to be sampled, written down as projects, versions and what these ask for."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import PinnedFile
from resolver.landscapes.instance import Asking, Instance, InstanceProject
from resolver.landscapes.landscape import Ask
from resolver.monkey.terrain import KnownRelease, Terrain
from resolver.states.versions import ABSENT, bit

Projects = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Project to version to what it asks for: project to specifiers."""


def terrain(
    projects: Projects,
    *requires: str,
    uploaded_at: Mapping[str, str] | None = None,
    urls: Mapping[str, str] | None = None,
) -> Terrain:
    """The space of projects, of which some are required; it begins with the newest of each that is reached.

    Args:
        uploaded_at: of releases such as ``lib==1``; of others nothing is known.
        urls: of their files.
    """
    names = list(projects)
    ordered = {name: sorted(found, key=Version) for name, found in projects.items()}

    def mask(name: str, specifiers: str) -> int:
        admits = SpecifierSet(specifiers)
        return sum(bit(at) for at, version in enumerate(ordered[name]) if version in admits)

    described = []
    for name in names:
        asks = [
            Asking(bit(at), None, Ask(names.index(other), mask(other, specifiers)))
            for at, version in enumerate(ordered[name])
            for other, specifiers in projects[name][version].items()
        ]
        size = len(ordered[name])
        described.append(
            InstanceProject(
                name=name,
                versions=tuple(ordered[name]),
                scores=(0,) * size,
                domain=mask(name, "") & ~ABSENT,
                asks=tuple(asks),
            )
        )
    first: dict[int, int] = {}
    queue = list(requires)
    for name in queue:
        number = names.index(name)
        if number not in first:
            first[number] = len(ordered[name]) - 1
            queue.extend(projects[name][ordered[name][-1]])
    return Terrain(
        instance=Instance(
            name="made up",
            projects=tuple(described),
            requirements=tuple(Ask(names.index(name), mask(name, "")) for name in requires),
        ),
        releases=tuple(
            tuple(
                KnownRelease(
                    position=at,
                    file=pinned(f"{name}=={version}", (urls or {}).get(f"{name}=={version}")),
                    uploaded_at=(uploaded_at or {}).get(f"{name}=={version}"),
                )
                for at, version in enumerate(ordered[name])
            )
            for name in names
        ),
        first=tuple(sorted(first.items())),
        direct=tuple(names.index(name) for name in requires),
    )


def release(text: str) -> ReleaseIdentity:
    """``lib==1`` as a release."""
    project, _, version = text.partition("==")
    return ReleaseIdentity(project=project, version=version)


def pinned(text: str, url: str | None = None) -> PinnedFile:
    """``lib==1`` as a file."""
    project, _, version = text.partition("==")
    filename = f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
    return PinnedFile(
        project=project, version=version, filename=filename, url=url or f"https://index.example/{filename}"
    )


def texts(found: Terrain, stack: Mapping[int, int]) -> dict[str, str]:
    """A stack by names and versions."""
    return {pin.project: pin.version for pin in found.pins(stack)}
