"""Freezes instances from the configured index: `python -m benchmarks.instances.freezing`.

Of every project that is reached the newest installable releases are read, and some that somebody asks for
where none of these serves. What is kept are names, versions, bounds and the months between uploads: facts.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from benchmarks.indexes import configured_url
from benchmarks.instances.frozen import FILE, freeze
from benchmarks.instances.greedy import first_stack
from benchmarks.instances.penalties import scored
from fakes.searching.runs import context
from knowledge.catalog import Knowledge
from knowledge.stores.sqlite_store import SqliteStore
from resolver.context import Context
from resolver.landscapes.instance import Asking, Instance, InstanceProject
from resolver.landscapes.landscape import Ask
from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import Versions, bit, positions
from resolver.targets.formats import ALL, FormatPolicy

SETS: Mapping[str, int] = {
    "tensorflow flask": 8,
    "jupyterlab pandas scikit-learn matplotlib": 2,
    "django djangorestframework celery redis": 5,
    "fastapi sqlalchemy httpx pytest": 5,
}
"""Requirements to how many of the newest releases of each project are read."""
MOST_READ = 1_000
"""Metadata documents, in all."""
MORE = 2
"""Releases that are read where an ask is not served by the newest ones."""
PAIRED = 0.5

_Part = str | None


class Freezer:
    """Follows requirements through an index."""

    def __init__(self, source: Knowledge, asked: Context, newest: int, most_read: int) -> None:
        self._universe = Universe(source, asked)
        self._source, self._asked = source, asked
        self._newest, self._most_read = newest, most_read
        self._chosen: dict[str, set[int]] = {}
        self._unread: dict[str, int] = {}
        self._parts: dict[str, list[_Part]] = {}
        self._followed: set[tuple[str, int, _Part]] = set()
        self._queue: list[Dependency] = []

    @property
    def read(self) -> int:
        """Metadata documents that were asked for."""
        return self._universe.reader.releases_read

    def follow(self) -> None:
        """Reach everything."""
        self._queue += [requirement.dependency for requirement in self._asked.requirements]
        for asked in self._queue:
            project = self._universe.project(asked.project)
            chosen = self._chosen.setdefault(asked.project, set())
            possible = project.installable(self._asked.target, project.formats) & ~project.prereleases()
            possible &= ~self._unread.get(asked.project, 0)
            if not chosen:
                chosen.update(islice(positions(possible), self._newest))
            wanted = possible & project.versions.mask(asked.specifiers)
            if not wanted & sum(map(bit, chosen)):
                chosen.update(islice(positions(wanted), MORE))
            parts = self._parts.setdefault(asked.project, [])
            parts += [part for part in (None, *asked.extras) if part not in parts]
            self._read(project)

    def instance(self, name: str) -> Instance:
        """What was reached, with scores drawn by chance."""
        numbers = {project: number for number, project in enumerate(self._chosen)}
        versions = {
            project: Versions(tuple(self._universe.project(project).version(at) for at in sorted(chosen)))
            for project, chosen in self._chosen.items()
        }
        requirements = [requirement.dependency for requirement in self._asked.requirements]
        projects = [self._frozen(project, numbers, versions) for project in numbers]
        ages = {number: self._months(project) for project, number in numbers.items()}
        direct = frozenset(numbers[one.project] for one in requirements)
        return Instance(
            name=name.replace(" ", "+"),
            origin=f"{name}, frozen from an index",
            projects=scored(projects, direct, random.Random(name), ages=ages, paired=PAIRED),
            requirements=tuple(_ask([one], numbers, versions) for one in requirements),
        )

    def _read(self, project: Project) -> None:
        parts, chosen = self._parts[project.name], sorted(self._chosen[project.name], reverse=True)
        todo = [(project.name, at, part) for at in chosen for part in parts]
        todo = [one for one in todo if one not in self._followed]
        for _, at, _ in todo:
            if not self._universe.reader.was_read(project, at):
                for file in project.files(at, self._asked.target)[:1]:
                    self._source.prefetch_metadata(project.name, file)
        for name, at, part in todo:
            self._followed.add((name, at, part))
            if not self._universe.reader.was_read(project, at) and self.read >= self._most_read:
                self._chosen[name].discard(at)
                self._unread[name] = self._unread.get(name, 0) | bit(at)
                continue
            found = self._universe.reader.dependencies(project, at, part)
            self._source.prefetch_listings([one.project for one in found])
            self._queue += found

    def _frozen(
        self, name: str, numbers: Mapping[str, int], versions: Mapping[str, Versions]
    ) -> InstanceProject:
        project = self._universe.project(name)
        asks: dict[tuple[_Part, Ask], int] = {}
        for position, at in enumerate(sorted(self._chosen[name])):
            for part in self._parts[name]:
                lines: dict[str, list[Dependency]] = {}
                for one in self._universe.reader.dependencies(project, at, part):
                    lines.setdefault(one.project, []).append(one)
                for several in lines.values():
                    key = part, _ask(several, numbers, versions)
                    asks[key] = asks.get(key, 0) | bit(position)
        asking = tuple(Asking(releases, part, ask) for (part, ask), releases in asks.items())
        return InstanceProject(name=name, versions=versions[name].texts, scores=(), asks=asking)

    def _months(self, name: str) -> Sequence[float]:
        """How much older than the newest one each release is."""
        listing = self._universe.project(name).listing
        uploaded = [listing.uploaded[at] if listing else None for at in sorted(self._chosen[name])]
        times = [datetime.fromisoformat(text).timestamp() if text else None for text in uploaded]
        newest = max((at for at in times if at is not None), default=0.0)
        return [round((newest - at) / 2_629_800, 2) if at is not None else 0.0 for at in times]


def _ask(several: Sequence[Dependency], numbers: Mapping[str, int], versions: Mapping[str, Versions]) -> Ask:
    name = several[0].project
    mask = versions[name].everything
    for one in several:
        mask &= versions[name].mask(one.specifiers)
    extras = sorted({extra for one in several for extra in one.extras})
    return Ask(numbers[name], mask, tuple(extras))


def main(store: Path) -> None:
    """Freeze all sets."""
    found, read = [], 0
    with Knowledge(configured_url(), SqliteStore(str(store)), time.time) as knowledge:
        for name, newest in SETS.items():
            asked = context(name.split(), formats=FormatPolicy(no_build=frozenset({ALL})))
            freezer = Freezer(knowledge, asked, newest, MOST_READ - read)
            freezer.follow()
            read += freezer.read
            instance = freezer.instance(name)
            stack = first_stack(instance)
            print(f"{name}: {len(instance.projects)} projects, {freezer.read} read, stack {len(stack or ())}")
            if stack is not None:
                found.append(instance)
    freeze(found, FILE)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2] / "tests"))
    main(Path(sys.argv[1]))
