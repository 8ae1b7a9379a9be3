"""The lines of a pack: a head, one record on each line, and a foot with the digest of all lines before it."""

from __future__ import annotations

import msgspec

from analyzers.reports import SCHEMA_VERSION, Tool
from knowledge.observations.record import Observation
from knowledge.observations.verdicts import VerdictCheck

FORMAT = "stackwright-pack/1"


class PackHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first line.

    Attributes:
        pack: `FORMAT`.
        observations: how many lines hold one; `verdicts` likewise.
    """

    pack: str
    schema_version: str = SCHEMA_VERSION
    tool: Tool
    observations: int
    verdicts: int


class PackLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record; exactly one of the fields is there."""

    observation: Observation | None = None
    verdict: VerdictCheck | None = None


class PackFoot(msgspec.Struct, frozen=True, kw_only=True):
    """The last line.

    Attributes:
        digest: ``sha256:…`` of all lines before it, with their ends.
    """

    digest: str
