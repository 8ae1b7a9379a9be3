"""`TargetImage`: what an image ships beside the stack that will be added to it, and who there needs it.

A need counts where the distribution that has it will stay as it is. What the user asks for may be replaced,
and so may what nothing but that needs: their needs are those of other releases then, which the search knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec
from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from resolver.states.dependencies import Dependency, live_dependencies
from resolver.states.versions import Versions, bit
from resolver.targets.target import Target

if TYPE_CHECKING:
    from images.reports.records import Interpreter, PythonDistribution, SystemPackage
    from images.reports.report import ImageReport


_PREFIXES = ("python3-", "py3-", "python-")
"""How systems name the package of a distribution.

Source: Debian Python Policy, "Module Package Names"; Alpine's and Fedora's guidelines for packages of Python.
"""
_SYSTEMS = frozenset({"debian", "rpm", "apk", None})
"""Installers that are the system's, or say nothing as those of Alpine."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something in an image that needs a distribution there.

    Attributes:
        who: a distribution with its version, or a package of the system.
        specifiers: which releases it needs, possibly nothing in particular.
        where: the file that says so.
    """

    who: str
    specifiers: str
    where: str


class Shipped(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that the target's interpreter finds in an image.

    Attributes:
        name: normalised.
        version: normalised.
        where: its metadata, and the layer that has it.
        needs: of what stays in the image; empty where it may be replaced freely.
    """

    name: str
    version: str
    where: str
    needs: tuple[Need, ...] = ()

    @property
    def needed_by(self) -> str:
        """Who needs it, in words; the first few."""
        named = list(dict.fromkeys(need.who for need in self.needs))
        told = " and ".join(named[:2])
        return told if len(named) <= 2 else f"{told} and {len(named) - 2} more"

    @property
    def versions(self) -> frozenset[str]:
        """Versions by which an index may have it: a local label is often put on by who builds the image."""
        return frozenset({self.version, Version(self.version).public})

    def among(self, versions: Versions) -> int:
        """The release that it is among those of an index, as a mask; empty where it is none of them."""
        texts = versions.texts
        found = [text for text in (self.version, Version(self.version).public) if text in texts]
        return bit(texts.index(found[0])) if found else 0


class TargetImage(msgspec.Struct, frozen=True, kw_only=True):
    """The image that a target is.

    Attributes:
        name: as the user wrote it.
        digest: of its content, wherever it was read from.
        shipped: by normalised name.
        upgraded: normalised names of what need not be kept.
    """

    name: str
    digest: str
    shipped: Mapping[str, Shipped]
    upgraded: frozenset[str] = frozenset()

    def needed(self, name: str) -> Shipped | None:
        """What the image ships of a project, where something there needs it and the user gave it not up."""
        found = self.shipped.get(name)
        return found if found is not None and found.needs and name not in self.upgraded else None


def target_image(
    name: str,
    report: ImageReport,
    interpreter: Interpreter | None,
    target: Target,
    *,
    moving: Iterable[str],
    upgraded: Iterable[str],
) -> TargetImage:
    """What an image ships.

    Args:
        name: of the image as the user wrote it.
        report: of the image.
        interpreter: the target's; where there is none, nothing is shipped for it.
        target: decides which dependencies are live.
        moving: normalised names of what may be replaced, such as what the user asks for.
        upgraded: of what need not be kept, which may be replaced too.
    """
    visible = {} if interpreter is None else _visible(report.distributions, interpreter)
    upgraded = frozenset(upgraded)
    needs = _needs(visible, target)
    for who, needed in _needs_of_packages(visible, report.packages):
        needs[needed].append(who)
    replaced = _replaced(needs, {*moving, *upgraded})
    shipped = {}
    for project, distribution in visible.items():
        counted = [need for owner, need in needs[project] if owner not in replaced]
        shipped[project] = Shipped(
            name=project,
            version=str(Version(distribution.version or "")),
            where=_where(distribution),
            needs=tuple(counted),
        )
    return TargetImage(name=name, digest=report.input.digest, shipped=shipped, upgraded=upgraded)


_Owned = tuple[str, Need]
"""A need with the normalised name of the distribution that has it; empty for a package of the system."""


def _visible(
    distributions: Iterable[PythonDistribution], interpreter: Interpreter
) -> dict[str, PythonDistribution]:
    """What an interpreter imports, by normalised name: of several the one that it finds first."""
    places = {place: number for number, place in enumerate(interpreter.search_path)}
    found = []
    for distribution in distributions:
        place = places.get(distribution.location)
        if place is None and distribution.interpreter == interpreter.path:
            place = len(places)
        version = _version(distribution)
        if place is not None and version is not None:
            found.append((place, version, distribution))
    found.sort(key=lambda one: one[2].where)
    found.sort(key=lambda one: one[1], reverse=True)
    found.sort(key=lambda one: one[0])
    visible: dict[str, PythonDistribution] = {}
    for _, _, distribution in found:
        visible.setdefault(canonicalize_name(distribution.name), distribution)
    return dict(sorted(visible.items()))


def _version(distribution: PythonDistribution) -> Version | None:
    try:
        return Version(distribution.version or "")
    except InvalidVersion:
        return None


def _needs(visible: Mapping[str, PythonDistribution], target: Target) -> dict[str, list[_Owned]]:
    """What is needed by which distributions, with the extras that they ask one another for."""
    needs: dict[str, list[_Owned]] = {name: [] for name in visible}
    queue: list[tuple[str, str | None]] = [(name, None) for name in visible]
    seen = set(queue)
    for name, extra in queue:
        distribution = visible[name]
        for dependency in _dependencies(distribution, target, extra):
            if dependency.project not in visible:
                continue
            if dependency.project != name:
                need = Need(
                    who=f"{name} {distribution.version}",
                    specifiers=dependency.specifiers,
                    where=_where(distribution),
                )
                needs[dependency.project].append((name, need))
            for asked in dependency.extras:
                part = (dependency.project, asked)
                if part not in seen:
                    seen.add(part)
                    queue.append(part)
    return needs


def _dependencies(
    distribution: PythonDistribution, target: Target, extra: str | None
) -> Iterator[Dependency]:
    for line in distribution.requires:
        try:
            yield from live_dependencies([line], target, extra)
        except InvalidRequirement:
            continue


def _needs_of_packages(
    visible: Mapping[str, PythonDistribution], packages: Iterable[SystemPackage]
) -> Iterator[tuple[_Owned, str]]:
    """What packages of the system need that bring no distribution themselves, which would say it better."""
    packages = list(packages)
    listed = {package.name for package in packages}
    brought = {
        prefix + name: name
        for name, one in visible.items()
        for prefix in _PREFIXES
        if one.installer in _SYSTEMS and prefix + name in listed
    }
    for package in packages:
        if package.name in brought:
            continue
        for needed in package.depends:
            if needed in brought:
                who = f"the {package.type} package {package.name}"
                yield ("", Need(who=who, specifiers="", where=package.where)), brought[needed]


def _replaced(needs: Mapping[str, list[_Owned]], moving: set[str]) -> set[str]:
    """What may be replaced, and what nothing but that needs."""
    needed_of: dict[str, set[str]] = {}
    staying = {name: {owner for owner, _ in owned} for name, owned in needs.items()}
    for name, owners in staying.items():
        for owner in owners:
            needed_of.setdefault(owner, set()).add(name)
    replaced, queue = set(moving), sorted(moving)
    for owner in queue:
        for name in sorted(needed_of.get(owner, ())):
            staying[name].discard(owner)
            if not staying[name] and name not in replaced:
                replaced.add(name)
                queue.append(name)
    return replaced


def _where(distribution: PythonDistribution) -> str:
    layer = "" if distribution.layer is None else f" (layer {distribution.layer})"
    return f"{distribution.where}{layer}"
