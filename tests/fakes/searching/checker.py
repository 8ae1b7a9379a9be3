"""Judges a stack without the resolver's help: every requirement is read again, by `packaging` alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from images.facts.tags import TagSet, marker_environment, supported_tags
from knowledge.releases import File, FileKind, Listing, Metadata
from resolver.states.stack import Stack
from resolver.targets.target import Target


class Records(Protocol):
    """Where listings and metadata are looked up."""

    def listing(self, project: str) -> Listing | None: ...

    def metadata(self, project: str, file: File) -> Metadata: ...


def check_stack(
    stack_or_pins: Stack | Mapping[str, str],
    records: Records,
    target: Target,
    requirements: Iterable[str],
    *,
    no_build: Collection[str] = (),
    no_binary: Collection[str] = (),
    stand_ins: Mapping[str, Mapping[str, str]] | None = None,
) -> list[str]:
    """What is wrong with a stack, one sentence each; empty for a stack that is right.

    Every requirement that is reached must be met by a pin, every pin must be reached, and each must have a
    file for the target. Under which policy pre-releases were allowed is not asked.

    Args:
        requirements: of the user, as written, with their markers.
        stand_ins: project to the projects that may serve in its place, each with a specifier set.
    """
    checker = _Checker(stack_or_pins, records, target, no_build, no_binary, stand_ins or {})
    return list(checker.violations(requirements))


class _Checker:
    def __init__(
        self,
        stack_or_pins: Stack | Mapping[str, str],
        records: Records,
        target: Target,
        no_build: Collection[str],
        no_binary: Collection[str],
        stand_ins: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.stated_extras: dict[str, tuple[str, ...]] = {}
        if isinstance(stack_or_pins, Stack):
            self.pins = {name: member.version for name, member in stack_or_pins.members.items()}
            self.stated_extras = {name: member.extras for name, member in stack_or_pins.members.items()}
        else:
            self.pins = dict(stack_or_pins)
        self.records = records
        self.no_build, self.no_binary, self.stand_ins = no_build, no_binary, stand_ins
        self.python = str(target.environment["python.version"])
        self.tags: TagSet = supported_tags(target.environment)
        self.markers = marker_environment(target.environment)
        self.direct: list[Requirement] = []

    def violations(self, requirements: Iterable[str]) -> Iterator[str]:
        roots = [Requirement(text) for text in requirements]
        self.direct = [requirement for requirement in roots if self._is_live(requirement, "")]
        lines: dict[str, list[Requirement]] = {}
        for name in sorted(self.pins):
            file, problem = self._file(name)
            if file is None:
                yield problem
            else:
                metadata = self.records.metadata(name, file)
                lines[name] = [Requirement(line) for line in metadata.requires_dist]
        reached: dict[str, set[str]] = {}
        pending = [("the user", requirement) for requirement in self.direct]
        while pending:
            asker, requirement = pending.pop()
            server, problem = self._server(requirement)
            if server is None:
                yield f"{asker} asks for {requirement}: {problem}"
                continue
            new = {"", *map(canonicalize_name, requirement.extras)} - reached.get(server, set())
            before = reached.setdefault(server, set())
            pending.extend(
                (f"{server} {self.pins[server]}", line)
                for line in lines.get(server, [])
                if self._is_added(line, new) and not self._is_added(line, before)
            )
            before |= new
        for name in sorted(self.pins.keys() - reached):
            yield f"{name} is in the stack, but nobody asks for it"
        for name, extras in self.stated_extras.items():
            wanted = tuple(sorted(reached.get(name, set()) - {""}))
            if extras != wanted:
                yield f"{name} has the extras {extras}, but {wanted} are asked for"

    def _server(self, requirement: Requirement) -> tuple[str | None, str]:
        """The pin that meets a requirement, else why there is none."""
        name = canonicalize_name(requirement.name)
        choices = {name: str(requirement.specifier), **self.stand_ins.get(name, {})}
        served = [n for n, text in choices.items() if n in self.pins and _admits(text, self.pins[n])]
        if served:
            return served[0], ""
        pinned = " ".join(f"{n}=={self.pins[n]}" for n in choices if n in self.pins)
        return None, pinned or "not in the stack"

    def _file(self, name: str) -> tuple[File | None, str]:
        """A file of a pin that the target can install, else what is wrong with the pin."""
        listing = self.records.listing(name)
        if listing is None or self.pins[name] not in listing.versions:
            return None, f"{name} {self.pins[name]} is not on the index"
        position = listing.versions.index(self.pins[name])
        if position in listing.yanked and not self._is_named(name):
            return None, f"{name} {self.pins[name]} is yanked, and no requirement names it"
        file = next((file for file in listing.files(position) if self._is_usable(name, file)), None)
        return file, f"{name} {self.pins[name]} has no file for the target"

    def _is_named(self, name: str) -> bool:
        version = Version(self.pins[name])
        return any(
            clause.contains(version, prereleases=True)
            for requirement in self.direct
            if canonicalize_name(requirement.name) == name
            for clause in requirement.specifier
            if clause.operator in ("==", "===") and "*" not in clause.version
        )

    def _is_usable(self, project: str, file: File) -> bool:
        if file.kind is FileKind.SDIST:
            fits = project not in self.no_build
        else:
            tags = "-".join(file.filename.removesuffix(".whl").split("-")[-3:])
            fits = project not in self.no_binary and self.tags.rank(tags) is not None
        return fits and self._admits_python(file.requires_python)

    def _admits_python(self, requires_python: str | None) -> bool:
        """Upper bounds do not count: they are guesses about the future."""
        try:
            clauses = SpecifierSet(requires_python or "")
        except InvalidSpecifier:
            return True
        return all(c.operator in ("<", "<=") or c.contains(self.python, prereleases=True) for c in clauses)

    def _is_added(self, requirement: Requirement, extras: Collection[str]) -> bool:
        return any(self._is_live(requirement, extra) for extra in extras)

    def _is_live(self, requirement: Requirement, extra: str) -> bool:
        if requirement.marker is None:
            return True
        try:
            return requirement.marker.evaluate({**self.markers, "extra": extra})
        except (UndefinedComparison, UndefinedEnvironmentName):
            return False


def _admits(specifiers: str, version: str) -> bool:
    return SpecifierSet(specifiers).contains(version, prereleases=True)
