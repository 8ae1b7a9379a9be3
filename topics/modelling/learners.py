"""The ways to learn topics, by name."""

from __future__ import annotations

from collections.abc import Mapping

from topics.modelling.hdp import HdpLearner
from topics.modelling.lda import LdaEnsembleLearner, LdaLearner, LdaMulticoreLearner
from topics.modelling.lsi import LsiLearner
from topics.modelling.model import Learner
from topics.modelling.nmf import NmfLearner

_ALL: tuple[Learner, ...] = (
    NmfLearner(), LdaLearner(), LdaMulticoreLearner(), LdaEnsembleLearner(), LsiLearner(), HdpLearner()
)  # fmt: skip
LEARNERS: Mapping[str, Learner] = {learner.name: learner for learner in _ALL}
DEFAULT = NmfLearner.name
