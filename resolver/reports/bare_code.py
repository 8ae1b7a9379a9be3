"""What code that declares nothing says of the stack that it needs: the records."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Location
from analyzers.source.signals.python_bounds import PythonBounds
from analyzers.source.unavailable_imports import UnavailableImport


class AskedImport(msgspec.Struct, frozen=True, kw_only=True):
    """A project that code asks for by importing it.

    Attributes:
        name: the top-level module.
        distribution: normalised.
        source: what says that this distribution is meant; see `DistributionMatch`; ``companion`` for what
            another project needs besides what its metadata name.
        series: releases that were current when the code was written; empty where that is not known.
        location: of the first such import.
    """

    name: str
    distribution: str
    source: str
    location: Location
    series: tuple[str, ...] = ()


class BareCode(msgspec.Struct, frozen=True, kw_only=True):
    """What code that declares nothing says of the stack that it needs.

    Attributes:
        python: the Pythons that it was written for.
        is_python_2: whether no file of it is one that Python 3 can read.
        asked: what is asked for on its account.
        written: when the code was written, as the user says; None where that is not said.
        unavailable: imports that no release can serve on the target: what is advised does not make them work.
    """

    python: PythonBounds = PythonBounds()
    is_python_2: bool = False
    asked: tuple[AskedImport, ...] = ()
    written: str | None = None
    unavailable: tuple[UnavailableImport, ...] = ()
