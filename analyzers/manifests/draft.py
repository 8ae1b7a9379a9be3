"""A manifest while it is read: parsers state what they find, and all problems of a file are told at once.

`Draft` also parses single requirements, names, specifiers and markers, so that every format refuses the same
things in the same words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import msgspec
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from analyzers.evidence import Location
from analyzers.manifests.declared import (
    MAIN,
    Declared,
    DeclaredKind,
    DirectReference,
    Ecosystem,
    Format,
    Group,
    Index,
    Manifest,
    Options,
    Pin,
    Project,
    Source,
)
from analyzers.manifests.errors import MalformedManifestError, Problem
from analyzers.manifests.references import parse_target, reference_of, without_credentials
from analyzers.reports import Unknown

LINE_LIMIT_CHARACTERS = 8 << 10
STATEMENTS_LIMIT = 50_000
_PROBLEMS_LIMIT = 100
_SHOWN_CHARACTERS = 200
_REMEDY = "write a requirement such as 'name>=1.0'"


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How a requirement is declared, apart from what it says."""

    group: Group = MAIN
    kind: DeclaredKind = DeclaredKind.REQUIREMENT
    hashes: tuple[str, ...] = ()
    editable: bool = False
    index: str | None = None
    settings: tuple[str, ...] = ()
    dependent: str | None = None


PLAIN = Manner()


class Draft(msgspec.Struct):
    """Collects what one file, and what it includes, states."""

    path: str
    format: Format
    project: Project | None = None
    requires_python: str | None = None
    options: Options = msgspec.field(default_factory=Options)
    groups: list[Group] = msgspec.field(default_factory=list)
    declared: list[Declared] = msgspec.field(default_factory=list)
    pins: list[Pin] = msgspec.field(default_factory=list)
    indexes: list[Index] = msgspec.field(default_factory=list)
    sources: list[Source] = msgspec.field(default_factory=list)
    unknowns: list[Unknown] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)

    @property
    def full(self) -> bool:
        """There is so much of something that nothing more is taken."""
        return max(len(self.declared), len(self.pins)) >= STATEMENTS_LIMIT or (
            len(self.problems) >= _PROBLEMS_LIMIT
        )

    def problem(self, location: Location, text: str, reason: str, remedy: str) -> None:
        """Something is not accepted."""
        if len(self.problems) < _PROBLEMS_LIMIT:
            shown = without_credentials(text)[:_SHOWN_CHARACTERS]
            self.problems.append(Problem(location=location, text=shown, reason=reason, remedy=remedy))

    def unknown(self, what: str, location: Location, reason: str) -> None:
        """Something has no value that can be read here."""
        if len(self.unknowns) < _PROBLEMS_LIMIT:
            what = without_credentials(what)[:_SHOWN_CHARACTERS]
            self.unknowns.append(Unknown(what=what, where=str(location), reason=reason))

    def require(self, text: str, location: Location, manner: Manner = PLAIN) -> None:
        """A requirement in the form of PEP 508, or a URL or path as pip reads them."""
        if self.full:
            return
        text = text.strip()
        if len(text) > LINE_LIMIT_CHARACTERS:
            self.problem(location, text, f"longer than {LINE_LIMIT_CHARACTERS:,} characters", "shorten it")
            return
        if target := parse_target(text):
            self.declare(
                name=target.name,
                extras=target.extras,
                marker=target.marker,
                reference=target.reference,
                text=text,
                location=location,
                manner=manner,
                hashes=target.hashes,
            )
            return
        try:
            requirement = Requirement(text)
        except (ValueError, RecursionError) as error:
            self._refuse(error, text, location)
            return
        self.declare(
            name=requirement.name,
            extras=requirement.extras,
            specifier=str(requirement.specifier),
            marker=str(requirement.marker) if requirement.marker else None,
            reference=reference_of(requirement.url) if requirement.url else None,
            text=text,
            location=location,
            manner=manner,
        )

    def declare(
        self,
        *,
        name: str | None,
        text: str,
        location: Location,
        extras: Iterable[str] = (),
        specifier: str = "",
        marker: str | None = None,
        reference: DirectReference | None = None,
        manner: Manner = PLAIN,
        hashes: tuple[str, ...] = (),
    ) -> None:
        """A requirement given in parts; the parts are checked and normalised."""
        if self.full:
            return
        if max(len(name or ""), len(specifier), len(marker or "")) > LINE_LIMIT_CHARACTERS:
            self.problem(location, text, f"longer than {LINE_LIMIT_CHARACTERS:,} characters", "shorten it")
            return
        try:
            record = Declared(
                name=None if name is None else canonicalize_name(name, validate=True),
                extras=tuple(sorted(canonicalize_name(extra, validate=True) for extra in extras)),
                specifier=str(SpecifierSet(specifier)),
                marker=None if marker is None else str(Marker(marker)),
                reference=reference,
                text=text,
                location=location,
                group=manner.group,
                kind=manner.kind,
                hashes=manner.hashes + hashes,
                editable=manner.editable,
                index=manner.index,
                settings=manner.settings,
                dependent=manner.dependent,
            )
        except (ValueError, RecursionError) as error:
            self._refuse(error, text, location)
        else:
            self.declared.append(record)

    def declare_conda(self, name: str, specifier: str, text: str, location: Location, group: Group) -> None:
        """A name of conda's world, whose versions are not those of PEP 440."""
        if not self.full:
            self.declared.append(
                Declared(
                    name=name.lower(),
                    specifier=specifier,
                    text=text,
                    location=location,
                    group=group,
                    ecosystem=Ecosystem.CONDA,
                )
            )

    def pin(
        self,
        name: str,
        version: str | None,
        location: Location,
        *,
        hashes: Iterable[str] = (),
        marker: str | None = None,
        index: str | None = None,
        reference: DirectReference | None = None,
    ) -> None:
        """A release that a lock chose; an unknown if its version is beyond PEP 440 or its marker none."""
        if self.full:
            return
        try:
            if max(len(name), len(version or "")) > LINE_LIMIT_CHARACTERS:
                raise ValueError("its name or version is too long")
            if marker:
                _check_marker(marker)
            record = Pin(
                name=canonicalize_name(name, validate=True),
                version=None if version is None else str(Version(version)),
                location=location,
                hashes=tuple(hashes),
                marker=marker,
                index=index,
                reference=reference,
            )
        except RecursionError:
            self.unknown(name, location, "its marker is nested too deep")
        except (ValueError, InvalidVersion) as error:
            self.unknown(name, location, str(error).partition("\n")[0])
        else:
            self.pins.append(record)

    def pin_conda(self, name: str, location: Location) -> None:
        """A package that a lock chose of conda's world, whose versions are not those of PEP 440."""
        if not self.full:
            self.pins.append(
                Pin(name=name.lower(), version=None, location=location, ecosystem=Ecosystem.CONDA)
            )

    def python(self, specifier: str, location: Location) -> None:
        """The Pythons that the project supports."""
        try:
            self.requires_python = str(SpecifierSet(specifier))
        except ValueError:
            self.problem(
                location, specifier, "no valid specifier of Python versions", "write one such as '>=3.9'"
            )

    def finish(self) -> Manifest:
        """The record.

        Raises:
            MalformedManifestError: there were problems.
        """
        if self.full:
            place = Location(path=self.path)
            reason = f"more than {STATEMENTS_LIMIT:,} statements or {_PROBLEMS_LIMIT} problems"
            self.problems.append(
                Problem(location=place, text="", reason=reason, remedy="correct or divide the file")
            )
        problems = tuple(
            Unknown(what=problem.text or self.path, where=str(problem.location), reason=problem.reason)
            for problem in self.problems
        )
        manifest = Manifest(
            path=self.path,
            format=self.format,
            project=self.project,
            requires_python=self.requires_python,
            groups=tuple(self.groups),
            declared=tuple(self.declared),
            pins=tuple(self.pins),
            indexes=tuple(self.indexes),
            sources=tuple(self.sources),
            options=self.options,
            unknowns=(*self.unknowns, *problems),
        )
        if self.problems:
            raise MalformedManifestError(self.path, tuple(self.problems), manifest)
        return manifest

    def _refuse(self, error: Exception, text: str, location: Location) -> None:
        if isinstance(error, RecursionError):
            self.problem(location, text, "its marker is nested too deep", "simplify the marker")
            return
        span = getattr(error.__cause__, "span", None)
        if span and location.line is not None and location.column is not None and "\n" not in text:
            location = Location(path=location.path, line=location.line, column=location.column + int(span[0]))
        reason = re.sub(r"\s+", " ", str(error).partition("\n")[0])
        self.problem(location, text, without_credentials(reason)[:_SHOWN_CHARACTERS], _REMEDY)


@functools.lru_cache(1024)
def _check_marker(text: str) -> None:
    """Locks repeat a few markers many times.

    Raises:
        ValueError: it is none.
    """
    Marker(text)
