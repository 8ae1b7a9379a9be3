"""What is told of the API of releases: `SurfaceReport` of one."""

from __future__ import annotations

import msgspec

from analyzers.api.offers import ModuleOffers
from analyzers.reports import Report


class ReadRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A release that was looked at.

    Attributes:
        filename: of the wheel that was read.
        digest: ``sha256:…`` of it as the index states; None where it does not.
        is_for_target: whether the target would install this wheel.
    """

    name: str
    version: str
    filename: str
    digest: str | None
    is_for_target: bool


class SurfaceReport(Report, frozen=True, kw_only=True):
    """What one release offers to those who import it.

    Attributes:
        target: in words.
        modules: public ones, sorted by name.
    """

    release: ReadRelease
    target: str
    modules: tuple[ModuleOffers, ...] = ()
