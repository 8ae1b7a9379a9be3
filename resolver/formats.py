"""Which kinds of distribution files may be used, for all projects and for single ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Formats:
    """The kinds of files that may be used for one project."""

    wheels: bool = True
    sdists: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatPolicy:
    """Projects (normalised names) that must not be built, and those that must not come as wheels."""

    no_build: frozenset[str] = frozenset()
    no_binary: frozenset[str] = frozenset()

    def of(self, project: str) -> Formats:
        """What may be used for one project."""
        return Formats(wheels=project not in self.no_binary, sdists=project not in self.no_build)
