"""Every unit that ships, in the order in which it is asked. There is no other way to add one."""

from __future__ import annotations

from resolver.pipeline import Pipeline
from resolver.units.sieves.prereleases import PrereleasesSieve
from resolver.units.sieves.requires_python import RequiresPythonSieve
from resolver.units.sieves.tags import TagsSieve
from resolver.units.sieves.yanked import YankedSieve
from resolver.units.steps.freshness import FreshnessStep

UNITS = Pipeline(
    sieves=(RequiresPythonSieve(), TagsSieve(), YankedSieve(), PrereleasesSieve()),
    steps=(FreshnessStep(),),
)
