"""How a process that probes gets its prober: a function by name, and what it is told, as JSON."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from knowledge.probing.records import Prober


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a prober in another process.

    Attributes:
        factory: ``module:function``, which takes the settings.
        settings: JSON values by name.
    """

    factory: str
    settings: Mapping[str, object] = {}

    def prober(self) -> Prober:
        """Make it, here."""
        module, _, name = self.factory.partition(":")
        make = cast(
            "Callable[[Mapping[str, object]], Prober]", getattr(importlib.import_module(module), name)
        )
        return make(self.settings)
