"""Reports on similar packages and on topics that nobody named."""

from __future__ import annotations

import msgspec

from analyzers.reports import Report
from topics.modelling.drift import Drift
from topics.modelling.model import Topic
from topics.modelling.quality import TopicQuality
from topics.similar.index import Similar


class SimilarPackages(msgspec.Struct, frozen=True, kw_only=True):
    """What is similar to one package, closest first."""

    name: str
    similar: tuple[Similar, ...]


class SimilarReport(Report, frozen=True, kw_only=True):
    """Answer of ``topics similar``: advice, never a swap.

    Attributes:
        indexed: how many packages were compared.
    """

    indexed: int
    packages: tuple[SimilarPackages, ...]


class TopicsReport(Report, frozen=True, kw_only=True):
    """Answer of ``topics show`` and ``topics update``.

    Attributes:
        kind: of the model, such as ``nmf``.
        documents: how many it learnt from.
        quality: of the numbers of topics that were tried, where one was to be chosen.
        drift: from another model to this one.
    """

    kind: str
    documents: int
    topics: tuple[Topic, ...]
    quality: tuple[TopicQuality, ...] = ()
    drift: Drift | None = None
