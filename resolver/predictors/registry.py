"""Which predictors there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from resolver.predictors.annealing import Annealing
from resolver.predictors.combinations import Combinations
from resolver.predictors.hill_climbing import HillClimbing
from resolver.predictors.latest import Latest
from resolver.predictors.policy_gradient import PolicyGradient
from resolver.predictors.protocol import Predictor
from resolver.predictors.random_walk import RandomWalk
from resolver.predictors.sampling import Sampling
from resolver.predictors.temporal_difference import TemporalDifference
from resolver.predictors.tree_search import TreeSearch

PREDICTORS: Mapping[str, Callable[[], Predictor]] = {
    one.name: one
    for one in (
        *(HillClimbing, Annealing, TreeSearch, TemporalDifference, PolicyGradient),
        *(Combinations, Sampling, RandomWalk, Latest),
    )
}
