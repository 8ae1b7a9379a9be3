"""The rules of one command: which there are, and which take part in a run."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolver.commands.runs.image_targets import ImageAsTarget
    from resolver.context import Context
    from resolver.rules.circumstances import UsedSymbols
    from resolver.rules.compiled import CompiledRules
    from resolver.units.settings import UnitSettings


class SessionRules:
    """The rules that options, the project and this program have; they are read when first needed, and once.

    Args:
        options: of the command line; a command has only some of them.
        project: the table ``[tool.stackwright]``.
        path: of the file that holds it.
    """

    def __init__(self, options: argparse.Namespace, project: Mapping[str, object], path: Path) -> None:
        self._options = options
        self._project = project
        self._path = path
        self._sources: tuple[CompiledRules, ...] | None = None

    def sources(self) -> tuple[CompiledRules, ...]:
        """Where rules come from, in the order in which they count."""
        if self._sources is None:
            from resolver.rules.opening import kept_in, opened, rule_folders

            options = vars(self._options)
            folders = rule_folders(options.get("rule_folders", ()), self._project, str(self._path))
            kept = kept_in(os.environ, Path.home())
            self._sources = opened(folders, kept, shipped=not options.get("no_rules", False))
        return self._sources

    def left_out(self, settings: UnitSettings) -> UnitSettings:
        """What settings change about units alone."""
        from resolver.rules.opening import switched

        return switched(self.sources(), settings, ())[1]

    def beside(self, context: Context, image: ImageAsTarget | None, settings: UnitSettings) -> Context:
        """A context with the rules that take part in it.

        Args:
            context: of the run.
            image: the target; None where it is none.
            settings: of units and of rules.
        """
        import msgspec

        from resolver.rules.active import ActiveRules
        from resolver.rules.circumstances import Circumstances
        from resolver.rules.opening import switched

        sources = self.sources()
        switches, _ = switched(sources, settings, vars(self._options).get("rules_off", ()))
        shipped = None if context.image is None else context.image.shipped
        known = Circumstances(
            environment=context.target.environment,
            installed=None if shipped is None else {name: one.version for name, one in shipped.items()},
            system=None if image is None else image.system_packages or None,
            symbols=self._symbols(context),
            type=context.recommendation.name,
            direct=frozenset(requirement.dependency.project for requirement in context.requirements),
        )
        return msgspec.structs.replace(context, rules=ActiveRules(sources, known, switches))

    def _symbols(self, context: Context) -> UsedSymbols | None:
        """What the code uses; None where none was scanned."""
        if getattr(self._options, "source", None) is None:
            return None
        from resolver.rules.circumstances import UsedSymbols

        demands = context.demands.values()
        return UsedSymbols(each.symbol for demand in demands for each in (*demand.required, *demand.optional))
