"""The best stack that climbing reaches: the newest one first, then whatever scores better."""

from __future__ import annotations

from resolver.predictors.latest import LatestPredictor


class HillClimbingPredictor(LatestPredictor):
    """Decides as `LatestPredictor` does; the climb is that of `resolver.climbing`."""

    name = "hill-climbing"
    climbs = True
