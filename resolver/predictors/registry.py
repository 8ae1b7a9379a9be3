"""Which predictors there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from resolver.predictors.annealing import Annealing
from resolver.predictors.hill_climbing import HillClimbing
from resolver.predictors.latest import Latest
from resolver.predictors.protocol import Predictor
from resolver.predictors.random_walk import RandomWalk

PREDICTORS: Mapping[str, Callable[[], Predictor]] = {
    one.name: one for one in (Latest, HillClimbing, Annealing, RandomWalk)
}
