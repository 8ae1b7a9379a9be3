"""The units and the predictor of a run, as options and the project name them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from resolver.commands.runs.rules import SessionRules
    from resolver.pipeline import Pipeline
    from resolver.recommendation import Recommendation
    from resolver.units.settings import UnitSettings


class SessionUnits:
    """Those of one command.

    Args:
        options: of the command line.
        project: settings of the project.
        file: that they stand in.
        rules: of the session, which are told by name like units.
    """

    def __init__(
        self, options: argparse.Namespace, project: Mapping[str, object], file: Path, rules: SessionRules
    ) -> None:
        self._options, self._project, self._file, self._rules = options, project, file, rules

    def predicting(self, recommendation: Recommendation) -> Recommendation:
        """A recommendation with the predictor that an option or the project names."""
        from resolver.predictors.choosing import with_predictor

        name = getattr(self._options, "predictor", None)
        place = "--predictor"
        if name is None:
            place = f"{self._file}: [tool.stackwright]: predictor"
            name = self._project.get("predictor")
        if name is not None and not isinstance(name, str):
            from resolver.errors import InputError

            raise InputError(f"{place} is no text", 'write: predictor = "auto"')
        return with_predictor(recommendation, name, place)

    def settings(self) -> UnitSettings:
        """What the project and ``--pipeline`` change about the units, rules left out."""
        return self._rules.left_out(self.all_settings())

    def all_settings(self) -> UnitSettings:
        """What they change about the units, and about rules, which are told by name like units."""
        from resolver.units.settings import TABLE, UnitSettings, read_file, read_table

        stated = self._project.get("units")
        settings = UnitSettings() if stated is None else read_table(stated, f"{self._file}: {TABLE}")
        if self._options.pipeline is not None:
            settings = settings.overridden_by(read_file(self._options.pipeline))
        return settings

    def pipeline(self) -> Pipeline:
        """The units of this run."""
        from resolver.units.assembly import assembled
        from resolver.units.registry import UNITS

        return assembled(UNITS, self.settings(), installed_units)


def installed_units() -> dict[str, EntryPoint]:
    """See `resolver.units.extensions.installed`."""
    from resolver.units.extensions import installed

    return installed()
