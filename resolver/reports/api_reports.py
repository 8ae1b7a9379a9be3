"""What is told of the API of releases: `SurfaceReport` of one, `ApiDiff` of two."""

from __future__ import annotations

import msgspec

from analyzers.api.changes import ApiChange
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


class ApiDiff(Report, frozen=True, kw_only=True):
    """What differs between what two releases offer.

    Attributes:
        target: in words.
        source: the code whose uses were looked for; None where none was named.
        changes: what breaks code first; of each weight in the order of kinds and paths.
        used_breaking: how many breaking changes concern what the code uses without a guard.
    """

    before: ReadRelease
    after: ReadRelease
    target: str
    source: str | None = None
    changes: tuple[ApiChange, ...] = ()
    used_breaking: int = 0
