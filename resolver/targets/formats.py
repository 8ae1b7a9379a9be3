"""Which kinds of distribution files may be used, for all projects and for single ones."""

from __future__ import annotations

import msgspec


class Formats(msgspec.Struct, frozen=True):
    """The kinds of files that may be used for one project."""

    wheels: bool = True
    sdists: bool = True


ALL = ":all:"
"""Stands for every project that is not named itself."""

ANY = Formats()
"""Every kind may be used."""


class FormatPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Projects (normalised names, or `ALL`) that must not be built, and those that must not come as wheels.

    Source of what a name means beside `ALL`: https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-only-binary
    """

    no_build: frozenset[str] = frozenset()
    no_binary: frozenset[str] = frozenset()

    def of(self, project: str) -> Formats:
        """What may be used for one project."""
        if project in self.no_build or project in self.no_binary:
            return Formats(wheels=project not in self.no_binary, sdists=project not in self.no_build)
        return Formats(wheels=ALL not in self.no_binary, sdists=ALL not in self.no_build)
