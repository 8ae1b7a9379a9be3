"""Which requirements of a manifest count: the main ones, and those of the extras and groups asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec
from packaging.utils import canonicalize_name

from analyzers.manifests.declared import (
    MAIN,
    Declared,
    DeclaredKind,
    Ecosystem,
    Format,
    Group,
    GroupKind,
    Manifest,
)
from resolver.errors import InputError

_OF_ENVIRONMENTS = (Format.TOX, Format.NOX, Format.HATCH, Format.CONTAINERFILE, Format.NOTEBOOK)
"""Their requirements all belong to environments."""
_KINDS = {GroupKind.EXTRA: "extra", GroupKind.DEPENDENCY_GROUP: "group", GroupKind.ENVIRONMENT: "group"}


class Selection(msgspec.Struct):
    """Extras and groups, by normalised name; it notes which of them some manifest has.

    Args:
        is_live: whether a marker holds on the target.
    """

    extras: Iterable[str]
    groups: Iterable[str]
    all_extras: bool
    is_live: Callable[[str], bool]
    _seen: set[tuple[str, str]] = msgspec.field(default_factory=set)

    def __post_init__(self) -> None:
        self.extras = frozenset(map(canonicalize_name, self.extras))
        self.groups = frozenset(map(canonicalize_name, self.groups))

    @property
    def is_empty(self) -> bool:
        """Nothing but the main requirements is asked for."""
        return not (self.extras or self.groups or self.all_extras)

    def of(self, manifest: Manifest) -> list[Declared]:
        """The requirements that count, in the order of the file."""
        named = {*manifest.groups, *(declared.group for declared in manifest.declared)}
        self._seen |= {(_KINDS[group.kind], group.name) for group in named if group.kind in _KINDS}
        return selected(manifest, {group for group in named if self._takes(group, manifest)}, self.is_live)

    def check(self) -> None:
        """Refuse names that no manifest has.

        Raises:
            InputError: there are such.
        """
        for kind, wanted in (("extra", self.extras), ("group", self.groups)):
            known = sorted(name for of, name in self._seen if of == kind)
            for name in sorted(wanted):
                if name not in known:
                    remedy = f"there are: {', '.join(known)}" if known else f"no file given has {kind}s"
                    raise InputError(f"--{kind} {name}: there is no {kind} of that name", remedy)

    def _takes(self, group: Group, manifest: Manifest) -> bool:
        match group.kind:
            case GroupKind.MAIN:
                return True
            case GroupKind.EXTRA:
                return self.all_extras or group.name in self.extras
            case GroupKind.DEPENDENCY_GROUP:
                return group.name in self.groups
            case GroupKind.ENVIRONMENT:
                return group.name in self.groups or (not self.groups and manifest.format in _OF_ENVIRONMENTS)
            case GroupKind.BUILD:
                return False


def of_extras(manifest: Manifest, extras: Iterable[str], is_live: Callable[[str], bool]) -> list[Declared]:
    """What a project with these extras asks for."""
    groups = {MAIN, *(Group(GroupKind.EXTRA, extra) for extra in extras)}
    return selected(manifest, groups, is_live)


def selected(manifest: Manifest, groups: set[Group], is_live: Callable[[str], bool]) -> list[Declared]:
    """The requirements of some groups; where a project asks for extras of itself, those are meant."""
    own = manifest.project.name if manifest.project else None
    own = canonicalize_name(own) if own else None
    groups = set(groups)
    while True:
        taken = [d for d in manifest.declared if _is_requirement(d) and d.group in groups]
        asked = {
            Group(GroupKind.EXTRA, extra)
            for declared in taken
            if own is not None and declared.name == own and is_live(declared.marker or "")
            for extra in declared.extras
        }
        if asked <= groups:
            return list(_distinct(d for d in taken if own is None or d.name != own))
        groups |= asked


def _is_requirement(declared: Declared) -> bool:
    return declared.kind is DeclaredKind.REQUIREMENT and declared.ecosystem is Ecosystem.PYPI


def _distinct(taken: Iterable[Declared]) -> Iterator[Declared]:
    """Each line once, which may count for several groups."""
    seen: set[tuple[str, str]] = set()
    for declared in taken:
        key = (str(declared.location), declared.text)
        if declared.location.line is None or key not in seen:
            seen.add(key)
            yield declared
