"""What a namespace of variant properties says about a target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Which values of one feature a target has.

    Attributes:
        values: those of the values asked for that it certainly has, best first.
        known: what decides about the others, such as ``cpu.level is 2``; empty where nothing is known.
        missing: name of the fact that would decide about the others; None where that is known.
    """

    values: tuple[str, ...] = ()
    known: str = ""
    missing: str | None = None


class Provider(Protocol):
    """The properties of one namespace on one target."""

    @property
    def namespace(self) -> str:
        """The namespace that it answers for."""

    def fit(self, feature: str, values: Sequence[str]) -> Fit | None:
        """What the target has of these values; None where the namespace has no such feature."""

    def order(self, feature: str) -> tuple[int, str]:
        """Where a feature stands in the order of preference."""

    def shown(self) -> Iterable[tuple[str, str]]:
        """For people: each feature of the target and, in words, the values that it has."""
