"""Packages in memory, as what they offer."""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.api.conditions import Target
from analyzers.api.modules import Root
from analyzers.api.offering import offers_of
from analyzers.api.offers import Offer, ReleaseOffers
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.trees import MemoryReader

LINUX = Target(python=(3, 11), platform="linux")


def surfaces_of(files: Mapping[str, str]) -> DistributionSurfaces:
    reader = MemoryReader({path.encode(): content.encode() for path, content in files.items()})
    return DistributionSurfaces([Root(reader)], LINUX)


def offered(files: Mapping[str, str]) -> ReleaseOffers:
    return offers_of(surfaces_of(files))


def by_path(offers: ReleaseOffers) -> dict[str, Offer]:
    return {path: offer for _, path, offer in offers.paths()}
