"""What differs between two images, root directories or machines: `ImageComparison`, made by `compare`."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from analyzers.digests import sha256_of
from analyzers.evidence import Finding
from analyzers.reports import Input, InputFile, Report, Tool
from images.facts.environment import FactValue
from images.package_versions import compared
from images.reports.records import Configuration, Interpreter, PythonDistribution, SystemPackage
from images.reports.report import ImageOrigin, ImageReport

_T = TypeVar("_T")


class Change(enum.StrEnum):
    """How something differs; `CHANGED` where versions have no order, or only their origin differs."""

    ADDED = "added"
    REMOVED = "removed"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    CHANGED = "changed"


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two.

    Attributes:
        digest: `ImageReport.input.digest`.
        size_bytes: of all layers, uncompressed.
    """

    origin: ImageOrigin
    digest: str
    platform: str | None
    layers: int
    size_bytes: int


class InterpreterChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An interpreter or environment that is there on one side only, or has another path or version."""

    change: Change
    before: Interpreter | None = None
    after: Interpreter | None = None


class DistributionChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A Python distribution of one interpreter.

    Attributes:
        interpreter: its path, on the later side where it has two.
        before: version; None where it was not there.
    """

    change: Change
    name: str
    interpreter: str | None
    before: str | None = None
    after: str | None = None


class PackageChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A package of the system or of conda."""

    change: Change
    name: str
    type: str
    arch: str | None = None
    before: str | None = None
    after: str | None = None


class ValueChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact, or something that the configuration says; None where one side does not say it."""

    name: str
    before: FactValue | None = None
    after: FactValue | None = None


class ImageComparison(Report, frozen=True, kw_only=True):
    """What differs. Where layers and files lie, and when a report was made, is no difference.

    Attributes:
        is_same: nothing of what is compared differs.
        shared_layers: how many layers, from the lowest, both have.
        new_findings: those of the later side alone; `gone_findings` those of the earlier.
    """

    before: Side
    after: Side
    is_same: bool
    shared_layers: int
    interpreters: tuple[InterpreterChange, ...] = ()
    distributions: tuple[DistributionChange, ...] = ()
    packages: tuple[PackageChange, ...] = ()
    facts: tuple[ValueChange, ...] = ()
    configuration: tuple[ValueChange, ...] = ()
    new_findings: tuple[Finding, ...] = ()
    gone_findings: tuple[Finding, ...] = ()


def compare(before: ImageReport, after: ImageReport, *, tool: Tool, created_at: str) -> ImageComparison:
    """What is other in `after`."""
    pairs = _pairs(before.interpreters, after.interpreters)
    interpreters = tuple(_interpreters(pairs))
    distributions = tuple(_distributions(before, after, pairs))
    packages = tuple(_packages(before.packages, after.packages))
    facts = tuple(
        _values(_fact_values(before), _fact_values(after)),
    )
    configuration = tuple(_values(_settings(before.configuration), _settings(after.configuration)))
    new = tuple(_only(after.findings, before.findings))
    gone = tuple(_only(before.findings, after.findings))
    differences = (interpreters, distributions, packages, facts, configuration, new, gone)
    digests = (before.input.digest, after.input.digest)
    return ImageComparison(
        tool=tool,
        input=Input(
            what="two images",
            digest=sha256_of(" ".join(digests).encode()),
            files=tuple(
                InputFile(path=side.origin.reference, digest=side.input.digest) for side in (before, after)
            ),
        ),
        created_at=created_at,
        unknowns=tuple(sorted({*before.unknowns, *after.unknowns})),
        before=_side(before),
        after=_side(after),
        is_same=not any(differences) and before.platform == after.platform,
        shared_layers=_shared_layers(before, after),
        interpreters=interpreters,
        distributions=distributions,
        packages=packages,
        facts=facts,
        configuration=configuration,
        new_findings=new,
        gone_findings=gone,
    )


def _side(report: ImageReport) -> Side:
    return Side(
        origin=report.origin,
        digest=report.input.digest,
        platform=report.platform,
        layers=len(report.layers),
        size_bytes=sum(layer.size_bytes for layer in report.layers),
    )


def _shared_layers(before: ImageReport, after: ImageReport) -> int:
    count = 0
    for one, other in zip(before.layers, after.layers, strict=False):
        if one.diff_id != other.diff_id:
            break
        count += 1
    return count


Pair = tuple[Interpreter | None, Interpreter | None]


def _pairs(before: Sequence[Interpreter], after: Sequence[Interpreter]) -> list[Pair]:
    """Interpreters that stand for each other: of one path, else the only ones left of one prefix or kind."""
    left, right = list(before), list(after)
    pairs: list[Pair] = []
    keys: tuple[Callable[[Interpreter], object], ...] = (
        lambda one: one.path,
        lambda one: (one.kind, one.prefix, one.implementation),
        lambda one: (one.kind, one.is_default),
    )
    for key in keys:
        lefts, rights = _grouped(left, key), _grouped(right, key)
        for name, group in lefts.items():
            others = rights.get(name, [])
            if len(group) == len(others) == 1:
                pairs.append((group[0], others[0]))
                left.remove(group[0])
                right.remove(others[0])
    pairs += [(one, None) for one in left] + [(None, one) for one in right]
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0] or right[0]).path)


def _grouped(items: Iterable[_T], key: Callable[[_T], object]) -> Mapping[object, list[_T]]:
    groups: dict[object, list[_T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _interpreters(pairs: Iterable[Pair]) -> Iterator[InterpreterChange]:
    for one, other in pairs:
        if one is None or other is None:
            yield InterpreterChange(
                change=Change.REMOVED if other is None else Change.ADDED, before=one, after=other
            )
        elif _told(one) != _told(other):
            change = _change("pypi", one.version, other.version)
            yield InterpreterChange(change=change, before=one, after=other)


def _told(one: Interpreter) -> Interpreter:
    """What of an interpreter counts: not where it comes from or how it was found."""
    return msgspec.structs.replace(one, layer=None, evidence=(), search_path=())


def _distributions(
    before: ImageReport, after: ImageReport, pairs: Iterable[Pair]
) -> Iterator[DistributionChange]:
    lefts = _grouped(before.distributions, lambda one: one.interpreter)
    rights = _grouped(after.distributions, lambda one: one.interpreter)
    paths: list[tuple[str | None, str | None]] = [
        (one.path if one else None, other.path if other else None) for one, other in pairs
    ]
    for left, right in [*paths, (None, None)]:
        if left is None and right is None:
            olds, news = lefts.get(None, []), rights.get(None, [])
        else:
            olds = lefts.get(left, []) if left is not None else []
            news = rights.get(right, []) if right is not None else []
        for name, old, new in _versions(olds, news, _distribution_key, _distribution_version):
            yield DistributionChange(
                change=_change("pypi", old, new),
                name=name[0],
                interpreter=right or left,
                before=old,
                after=new,
            )


def _distribution_key(one: PythonDistribution) -> tuple[str, ...]:
    return (one.name,)


def _distribution_version(one: PythonDistribution) -> str:
    origin = f" from {one.editable or one.url}" if one.editable or one.url else ""
    return f"{one.version or 'unknown'}{origin}"


def _packages(before: Iterable[SystemPackage], after: Iterable[SystemPackage]) -> Iterator[PackageChange]:
    for key, old, new in _versions(
        before, after, lambda one: (one.type, one.name, one.arch or ""), lambda one: one.version
    ):
        kind, name, arch = key
        yield PackageChange(
            change=_change(kind, old, new), name=name, type=kind, arch=arch or None, before=old, after=new
        )


def _versions(
    before: Iterable[_T],
    after: Iterable[_T],
    key: Callable[[_T], tuple[str, ...]],
    version: Callable[[_T], str],
) -> Iterator[tuple[tuple[str, ...], str | None, str | None]]:
    """What has other versions, by key. Where one side has several of one key, each is there or not."""
    lefts: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    rights: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for found, items in ((lefts, before), (rights, after)):
        for item in items:
            found[key(item)][version(item)] = None
    for name in sorted({*lefts, *rights}):
        gone = [one for one in lefts.get(name, ()) if one not in rights.get(name, ())]
        new = [one for one in rights.get(name, ()) if one not in lefts.get(name, ())]
        if len(gone) == len(new) == 1:
            yield name, gone[0], new[0]
        else:
            yield from ((name, one, None) for one in gone)
            yield from ((name, None, one) for one in new)


def _change(kind: str, before: str | None, after: str | None) -> Change:
    if before is None or after is None:
        return (
            Change.ADDED
            if before is None and after is not None
            else Change.REMOVED
            if before
            else Change.CHANGED
        )
    order = compared(kind, before.partition(" ")[0], after.partition(" ")[0])
    return Change.CHANGED if not order else Change.UPGRADE if order < 0 else Change.DOWNGRADE


def _fact_values(report: ImageReport) -> dict[str, FactValue]:
    return {name: fact.value for name, fact in report.environment.facts.items()}


def _settings(made: Configuration) -> dict[str, FactValue]:
    """What the configuration says, flat; how the image was made is told by its layers."""
    told: dict[str, FactValue] = {f"environment {name}": value for name, value in made.environment.items()}
    told |= {f"label {name}": value for name, value in made.labels.items()}
    lists = {"entrypoint": made.entrypoint, "command": made.command, "exposed ports": made.exposed_ports}
    texts = {"user": made.user, "working directory": made.working_directory, "base": made.base}
    told |= {name: value for name, value in lists.items() if value}
    return told | {name: value for name, value in texts.items() if value}


def _values(before: Mapping[str, FactValue], after: Mapping[str, FactValue]) -> Iterator[ValueChange]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield ValueChange(name=name, before=old, after=new)


def _only(findings: Iterable[Finding], others: Iterable[Finding]) -> Iterator[Finding]:
    """Findings that say what none of the others says."""
    known = {(one.id, one.subject, one.message) for one in others}
    return (one for one in findings if (one.id, one.subject, one.message) not in known)
