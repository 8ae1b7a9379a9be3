"""The shared vocabulary of reasons: how sure, by what evidence, said by which unit, found where."""

from __future__ import annotations

import enum

import msgspec


class Confidence(enum.StrEnum):
    """How far a piece of evidence carries: only what is certain may refuse a release."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Level(enum.StrEnum):
    """How much a reader should care."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One observation a person can check.

    Attributes:
        what: what was seen, in one sentence.
        where: where it stands: a file and line, an index page, an image layer.
    """

    what: str
    where: str
    confidence: Confidence = Confidence.CERTAIN


class Justification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a unit refused, scored or remarked upon something.

    Attributes:
        unit: name of the unit that speaks.
        score: its contribution in millionths, at most 0; None where the unit does not score.
    """

    unit: str
    message: str
    level: Level = Level.INFO
    score: int | None = None
    evidence: tuple[Evidence, ...] = ()
    link: str | None = None


class Location(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place in a file; lines and columns count from 1.

    Attributes:
        cell: of a notebook, from 0; the line counts within it.
    """

    path: str
    line: int | None = None
    column: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        cell = None if self.cell is None else f"cell {self.cell}"
        return ":".join(str(part) for part in (self.path, cell, self.line, self.column) if part is not None)


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something worth a person's attention, in the terms of a SARIF result.

    Attributes:
        id: stable identifier of the kind of finding, such as ``undeclared-dependency``.
        subject: what it is about, such as the name of a distribution or of an import.
    """

    id: str
    level: Level
    message: str
    subject: str | None = None
    location: Location | None = None
    evidence: tuple[Evidence, ...] = ()
