"""The units that take part in one run, by kind and in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from resolver.context import Context
from resolver.units.verbs import Boot, PairStep, Pseudonym, Sieve, Step, Stride, Unit, Wrap

AnyUnit = TypeVar("AnyUnit", bound=Unit)


class Pipeline(msgspec.Struct, frozen=True, kw_only=True):
    """Units by kind."""

    boots: Sequence[Boot] = ()
    pseudonyms: Sequence[Pseudonym] = ()
    sieves: Sequence[Sieve] = ()
    steps: Sequence[Step] = ()
    pair_steps: Sequence[PairStep] = ()
    strides: Sequence[Stride] = ()
    wraps: Sequence[Wrap] = ()

    def applying(self, context: Context) -> Pipeline:
        """Only those units that take part in a run."""
        return Pipeline(
            boots=_applying(self.boots, context),
            pseudonyms=_applying(self.pseudonyms, context),
            sieves=_applying(self.sieves, context),
            steps=_applying(self.steps, context),
            pair_steps=_applying(self.pair_steps, context),
            strides=_applying(self.strides, context) if context.recommendation.strides else (),
            wraps=_applying(self.wraps, context),
        )


def _applying(units: Iterable[AnyUnit], context: Context) -> tuple[AnyUnit, ...]:
    return tuple(unit for unit in units if unit.applies(context))
