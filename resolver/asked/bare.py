"""Code that declares nothing: which projects it asks for, and which of its imports no index can serve.

An index is asked for projects alone that a layer of the mapping of names gives. Where nothing but the name of
an import itself speaks for a project, its wheels must hold that module and something of what is imported of
it, and it must be as old as the code, where that is known.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from packaging.version import Version

from analyzers.evidence import Level
from analyzers.source.dependencies.unavailable import NeededImport, sorted_out
from analyzers.source.records import Role, UseKind
from analyzers.source.signals.demand import ApiDemand, SymbolDemand
from analyzers.source.unavailable_imports import UnavailableImport, UnavailableKind
from resolver.asked.companions import tabled
from resolver.context import Preference
from resolver.reports.bare_code import AskedImport, BareCode
from resolver.targets.formats import FormatPolicy
from resolver.targets.target import PythonFit, Target

if TYPE_CHECKING:
    from analyzers.source.report import SourceReport
    from knowledge.catalog import Knowledge
    from knowledge.releases import Listing
    from resolver.source import ReleaseSurfaces


def is_bare(report: SourceReport) -> bool:
    """Whether neither a manifest nor the code itself states a requirement."""
    return not report.declared


def bare_code(
    report: SourceReport,
    knowledge: Knowledge,
    target: Target,
    formats: FormatPolicy,
    surfaces: ReleaseSurfaces,
    written: str | None = None,
) -> BareCode:
    """What the code of a scan asks for on a target.

    Args:
        surfaces: reads what releases offer.
        written: the moment by which the code was written; None where it is not known.

    Raises:
        KnowledgeError: the index could not be asked.
    """
    python = (target.python.major, target.python.minor)
    needed, unavailable = sorted_out(report.imports, python, target.markers.get("sys_platform", ""))
    choice = _Choice(knowledge, target, formats, surfaces, written)
    asked, more = choice.of(needed)
    besides = {one.distribution: one for each in asked for one in tabled(each)}
    asked += [one for name, one in besides.items() if all(each.distribution != name for each in asked)]
    return BareCode(
        python=report.python,
        is_python_2=python >= (3, 0) and _is_python_2(report),
        asked=tuple(asked),
        written=written,
        unavailable=tuple(sorted([*unavailable, *more], key=_place)),
    )


def preferences_of(code: BareCode, upgrade: Collection[str]) -> dict[str, Preference]:
    """Releases to try first, by project: those of the series that the code was written for.

    Args:
        upgrade: normalised names of projects for which that does not count.
    """
    return {
        one.distribution: Preference(
            frozenset(one.series), f"the time when the code was written ({(code.written or '')[:10]})"
        )
        for one in code.asked
        if one.series and one.distribution not in upgrade
    }


def _place(one: UnavailableImport) -> tuple[str, int, str]:
    return one.location.path, one.location.line or 0, one.name


def _is_python_2(report: SourceReport) -> bool:
    """Whether every file of main code has syntax of Python 2 alone."""
    old = {
        each.location.path
        for each in report.python.evidence
        if each.what.startswith("syntax: ") and each.last is not None and each.last.startswith("2.")
    }
    main = {one.path for one in report.files if one.role is Role.MAIN}
    return bool(main) and main <= old


class _Choice:
    def __init__(
        self,
        knowledge: Knowledge,
        target: Target,
        formats: FormatPolicy,
        surfaces: ReleaseSurfaces,
        written: str | None,
    ) -> None:
        self._knowledge, self._target, self._formats = knowledge, target, formats
        self._surfaces, self._written = surfaces, written

    def of(self, needed: Sequence[NeededImport]) -> tuple[list[AskedImport], list[UnavailableImport]]:
        """What is asked for, and what cannot be."""
        self._knowledge.prefetch_listings([one.choices[0].name for one in needed])
        asked: list[AskedImport] = []
        unavailable: list[UnavailableImport] = []
        against = self._against([one for one in needed if one.is_guess])
        for one in needed:
            reason = against.get(one.choices[0].name) if one.is_guess else None
            chosen = next((each for each in one.choices if self._usable(each.name)), None)
            if reason is None and chosen is None:
                names = ", ".join(each.name for each in one.choices)
                message = f"no release of {names} can be used on {self._target.name}"
                reason = _unavailable(one, UnavailableKind.NO_RELEASE, message)
            if reason is not None or chosen is None:
                unavailable += [] if reason is None else [reason]
                continue
            asked.append(
                AskedImport(
                    name=one.name,
                    distribution=chosen.name,
                    source="wheel" if one.is_guess else chosen.source,
                    location=one.location,
                    series=self._series(chosen.name),
                )
            )
        return asked, unavailable

    def _usable(self, name: str) -> list[int]:
        """Positions of the releases that the target can use, oldest first."""
        listing = self._knowledge.listing(name)
        if listing is None:
            return []
        formats = self._formats.of(name)
        fits = [self._target.shape_fit(shapes, formats) for shapes in listing.shapes]
        return [
            position
            for position, shape in enumerate(listing.shape_of)
            if fits[shape] is not PythonFit.REFUSED and position not in listing.yanked
        ]

    def _series(self, name: str) -> tuple[str, ...]:
        """The usable releases of the series that was the newest when the code was written."""
        listing = self._knowledge.listing(name)
        if self._written is None or listing is None or not listing.uploaded:
            return ()
        current = [
            version
            for position, version in enumerate(listing.versions)
            if (listing.uploaded[position] or "~") < self._written and position not in listing.prereleases
        ]
        if not current:
            return ()
        series = _series_of(current[-1])
        usable = (listing.versions[position] for position in self._usable(name))
        return tuple(version for version in usable if _series_of(version) == series)

    # What nothing but a name speaks for

    def _against(self, guesses: Sequence[NeededImport]) -> Mapping[str, UnavailableImport]:
        """For each project that only its name speaks for, what speaks against it."""
        from knowledge.wheels.names import wheel_names

        found: dict[str, UnavailableImport] = {}
        to_read: dict[str, NeededImport] = {}
        for one in guesses:
            name = one.choices[0].name
            listing = self._knowledge.listing(name)
            if listing is None or not listing.versions:
                found[name] = _unavailable(one, UnavailableKind.UNKNOWN, f"no index has a project {name}")
            elif self._is_younger(listing):
                message = f"the project {name} on the index is younger than the code"
                found[name] = _unavailable(one, UnavailableKind.UNKNOWN, message)
            elif not self._usable(name):
                message = f"no release of {name}, if that is meant, can be used on {self._target.name}"
                found[name] = _unavailable(one, UnavailableKind.NO_RELEASE, message)
            else:
                to_read[name] = one
        names = wheel_names(self._knowledge, list(to_read), time.time)
        for name, one in to_read.items():
            if not any(each.name == name for each in names.providers(one.name)):
                message = f"the project {name} on the index is not known to hold such a module"
                found[name] = _unavailable(one, UnavailableKind.UNKNOWN, message)
            elif self._is_another(name, one):
                message = f"the project {name} on the index has nothing of what is imported"
                found[name] = _unavailable(one, UnavailableKind.UNKNOWN, message)
        return found

    def _is_younger(self, listing: Listing) -> bool:
        first = min((moment for moment in listing.uploaded if moment is not None), default=None)
        return self._written is not None and first is not None and first > self._written

    def _is_another(self, name: str, one: NeededImport) -> bool:
        """Whether neither the newest nor the oldest release has anything of what is imported."""
        demanded = [
            SymbolDemand(symbol=symbol, kind=UseKind.IMPORT) for symbol in sorted(one.symbols - {one.name})
        ]
        usable = self._usable(name)
        return bool(demanded) and all(
            lacking == len(demanded)
            for position in dict.fromkeys((usable[-1], usable[0]))
            for lacking in self._lacking(name, position, demanded)
        )

    def _lacking(self, name: str, position: int, demanded: list[SymbolDemand]) -> Iterator[int]:
        """Of how many symbols a release is known to have none; 0 where it cannot be read."""
        listing = self._knowledge.listing(name)
        assert listing is not None, "it has usable releases"
        files = self._target.usable_files(listing.files(position), self._formats.of(name))
        demand = ApiDemand(distribution=name, required=tuple(demanded))
        release = f"{name} {listing.versions[position]}"
        found = self._surfaces.missing(demand, files[0], release) or ()
        yield sum(finding.level is Level.ERROR for finding in found)


def _series_of(version: str) -> tuple[int, ...]:
    """What a project keeps compatible by custom: the major version, before 1.0 the minor one too."""
    release = Version(version).release
    return release[:1] if release[0] else release[:2]


def _unavailable(one: NeededImport, kind: UnavailableKind, message: str) -> UnavailableImport:
    return UnavailableImport(
        name=one.name,
        kind=kind,
        message=message,
        location=one.location,
        distribution=one.choices[0].name,
        is_top_level=one.is_top_level,
    )
