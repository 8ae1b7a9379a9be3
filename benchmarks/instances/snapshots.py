"""Instances of snapshots of an index, as resolvelib collects them: closures of projects drawn by chance.

The requirements are a few projects of the snapshot, now and then below one of their versions. What they reach
by any release makes the instance; a project that the snapshot lacks has no releases. Markers hold for one
Python on Linux; of a project with stable releases only those count.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from benchmarks.instances.greedy import first_stack
from benchmarks.instances.penalties import AT_THE_TOP, scored
from fakes.cases import case_files
from resolver.landscapes.instance import Asking, Instance, InstanceProject
from resolver.landscapes.landscape import Ask
from resolver.states.versions import Versions, bit

ENVIRONMENT = {
    "implementation_name": "cpython",
    "implementation_version": "3.8.0",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": "3.8.0",
    "python_version": "3.8",
    "sys_platform": "linux",
}
FEWEST, MOST = 6, 90
"""Projects of an instance."""

_EXTRA = re.compile(r"""extra == ["']([^"']+)["']""")

Lines = Mapping[str, Mapping[str, Sequence[Requirement]]]
"""Project to version to what it asks for; versions ascending."""


def snapshots() -> list[Path]:
    """The files of the snapshots; none where they were not collected."""
    return case_files("resolver-scenarios/resolvelib/python/index", "pypi-*.json")


def from_snapshots(each: int = 8, seed: int = 0) -> Iterator[Instance]:
    """So many instances of each snapshot that have a stack; every second one loses at the newest releases."""
    for path in snapshots():
        snapshot = Snapshot(read(path))
        chance = random.Random(f"{path.stem} {seed}")
        found = 0
        while found < each:
            at_the_top = AT_THE_TOP if found % 2 else 0.0
            name = f"{path.stem.removeprefix('pypi-')}-{found + 1}"
            instance = snapshot.drawn(chance, name, at_the_top)
            if instance is not None and first_stack(instance) is not None:
                found += 1
                yield instance


def read(path: Path) -> Lines:
    """What a snapshot says of each release that has a version."""
    found: dict[str, dict[str, list[Requirement]]] = {}
    for name, releases in json.loads(path.read_text(encoding="utf-8")).items():
        if not isinstance(releases, dict):
            continue  # an option of the case, astray among the projects
        versions: dict[Version, list[Requirement]] = {}
        for text, fields in releases.items():
            try:
                versions.setdefault(Version(text), [Requirement(line) for line in fields["dependencies"]])
            except (InvalidVersion, InvalidRequirement):
                continue
        stable = [version for version in versions if not version.is_prerelease] or versions
        found[canonicalize_name(name)] = {str(version): versions[version] for version in sorted(stable)}
    return found


class Snapshot:
    """A snapshot whose lines were read; draws instances."""

    def __init__(self, lines: Lines) -> None:
        self._versions = {name: Versions(tuple(releases)) for name, releases in lines.items()}
        self._lines = lines
        self._asked: dict[tuple[str, str], list[tuple[str | None, Requirement]]] = {}
        self._live: dict[tuple[str, str], bool] = {}

    def drawn(self, chance: random.Random, name: str, at_the_top: float = AT_THE_TOP) -> Instance | None:
        """An instance of requirements drawn by chance; None where it is too small or too large."""
        several = sorted(project for project, versions in self._versions.items() if len(versions) > 2)
        asked = []
        for project in chance.sample(several, chance.randint(3, 14)):
            versions = self._versions[project].texts
            is_bounded = chance.random() < 0.15
            bound = f"<{chance.choice(versions[len(versions) // 2 :])}" if is_bounded else ""
            asked.append(Requirement(f"{project}{bound}"))
        names = self._closure([requirement.name for requirement in asked])
        if not FEWEST <= len(names) <= MOST:
            return None
        numbers = {project: number for number, project in enumerate(names)}
        projects = [self._project(project, numbers) for project in names]
        direct = frozenset(numbers[requirement.name] for requirement in asked)
        return Instance(
            name=name,
            origin=f"{' '.join(map(str, asked))} in a snapshot of an index",
            projects=scored(projects, direct, chance, at_the_top=at_the_top),
            requirements=tuple(self._ask([requirement], numbers) for requirement in asked),
        )

    def _closure(self, roots: Sequence[str]) -> list[str]:
        """What any release reaches, by itself or by an extra that is asked for, in order of first mention."""
        extras: dict[str, set[str | None]] = {name: {None} for name in roots}
        queue: list[tuple[str, str | None]] = [(name, None) for name in roots]
        for name, part in queue:
            for version in reversed(list(self._lines.get(name, ()))):
                for of, requirement in self._parts(name, version):
                    if of != part:
                        continue
                    other = canonicalize_name(requirement.name)
                    known = extras.setdefault(other, set())
                    wanted = {None, *map(canonicalize_name, requirement.extras)} - known
                    known |= wanted
                    queue += [(other, one) for one in sorted(wanted, key=str)]
        return list(extras)

    def _parts(self, name: str, version: str) -> list[tuple[str | None, Requirement]]:
        """What a release asks for, by itself and by its extras, of those lines that hold."""
        key = name, version
        if key not in self._asked:
            found: list[tuple[str | None, Requirement]] = []
            for requirement in self._lines[name][version]:
                if self._holds(requirement.marker, ""):
                    found.append((None, requirement))
                else:
                    extras = _EXTRA.findall(str(requirement.marker))
                    found += [
                        (canonicalize_name(e), requirement)
                        for e in sorted(set(extras))
                        if self._holds(requirement.marker, e)
                    ]
            self._asked[key] = found
        return self._asked[key]

    def _holds(self, marker: Marker | None, extra: str) -> bool:
        if marker is None:
            return True
        key = str(marker), extra
        if key not in self._live:
            try:
                self._live[key] = marker.evaluate({**ENVIRONMENT, "extra": extra})
            except (UndefinedComparison, UndefinedEnvironmentName):
                self._live[key] = False
        return self._live[key]

    def _project(self, name: str, numbers: Mapping[str, int]) -> InstanceProject:
        versions = self._versions.get(name, Versions(())).texts
        asks: dict[tuple[str | None, Ask], int] = {}
        for position, version in enumerate(versions):
            lines: dict[tuple[str | None, str], list[Requirement]] = {}
            for part, requirement in self._parts(name, version):
                if canonicalize_name(requirement.name) in numbers:
                    lines.setdefault((part, canonicalize_name(requirement.name)), []).append(requirement)
            for (part, _), requirements in lines.items():
                key = part, self._ask(requirements, numbers)
                asks[key] = asks.get(key, 0) | bit(position)
        asking = tuple(Asking(releases, part, ask) for (part, ask), releases in asks.items())
        return InstanceProject(name=name, versions=versions, scores=(), asks=asking)

    def _ask(self, requirements: Sequence[Requirement], numbers: Mapping[str, int]) -> Ask:
        """Several lines about one project as one."""
        name = canonicalize_name(requirements[0].name)
        versions = self._versions.get(name, Versions(()))
        mask = versions.everything
        for requirement in requirements:
            mask &= versions.mask(str(requirement.specifier))
        extras = {canonicalize_name(extra) for requirement in requirements for extra in requirement.extras}
        return Ask(numbers[name], mask, tuple(sorted(extras)))
