"""What replaces the dependencies of releases, by the user's word: the user's own requirements stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from resolver.states.dependencies import Dependency


class Override(msgspec.Struct, frozen=True):
    """What stands in for a dependency.

    Attributes:
        dependency: what is asked for instead; its `override` says where this is written.
        dependent: normalised name of the one project whose dependency is meant; None: that of every project.
        is_live: whether its marker holds on the target; where none of those for a project does, the
            dependency is dropped.
        text: as written.
    """

    dependency: Dependency
    dependent: str | None
    is_live: bool
    text: str


class Overrides:
    """The overrides of a run; those for one dependent count more than those for all."""

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        self.all = tuple(overrides)
        self._by_names: dict[tuple[str | None, str], list[Override]] = {}
        for override in self.all:
            key = (override.dependent, override.dependency.project)
            self._by_names.setdefault(key, []).append(override)

    def applied(self, dependent: str, dependencies: Sequence[Dependency]) -> Sequence[Dependency]:
        """What a release of a project asks for in the end; what it asks of itself is its own affair."""
        if not self._by_names:
            return dependencies
        asked: dict[Dependency, None] = {}
        for dependency in dependencies:
            stated = None if dependency.project == dependent else self._of(dependent, dependency.project)
            if stated is None:
                asked[dependency] = None
            else:
                asked.update((override.dependency, None) for override in stated if override.is_live)
        return list(asked)

    def _of(self, dependent: str, project: str) -> list[Override] | None:
        return self._by_names.get((dependent, project)) or self._by_names.get((None, project))


NO_OVERRIDES = Overrides()
