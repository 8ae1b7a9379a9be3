"""Code that declares nothing: which projects it asks for, and which of its imports no index can serve.

An index is asked for projects alone that a layer of the mapping of names gives. Where nothing but the name of
an import itself speaks for a project, its wheel must hold that module, and have what the code imports of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from analyzers.source.dependencies.unavailable import NeededImport, sorted_out
from analyzers.source.unavailable_imports import UnavailableImport, UnavailableKind
from resolver.bare_code import AskedImport, BareCode
from resolver.formats import FormatPolicy
from resolver.target import PythonFit, Target

if TYPE_CHECKING:
    from analyzers.source.report import SourceReport
    from knowledge.catalog import Knowledge
    from knowledge.releases import Listing


def is_bare(report: SourceReport) -> bool:
    """Whether neither a manifest nor the code itself states a requirement."""
    return not report.declared


def bare_code(report: SourceReport, knowledge: Knowledge, target: Target, formats: FormatPolicy) -> BareCode:
    """What the code of a scan asks for on a target.

    Raises:
        KnowledgeError: the index could not be asked.
    """
    python = (target.python.major, target.python.minor)
    needed, unavailable = sorted_out(report.imports, python, target.markers.get("sys_platform", ""))
    chosen = _Choosing(knowledge, target, formats)
    asked, more = chosen.chosen(needed)
    told = sorted(
        {*unavailable, *more}, key=lambda one: (str(one.location.path), one.location.line or 0, one.name)
    )
    return BareCode(
        python=report.python,
        is_python_2=python >= (3, 0) and _is_python_2(report),
        asked=tuple(asked),
        unavailable=tuple(told),
    )


def _is_python_2(report: SourceReport) -> bool:
    """Whether every file of main code has syntax of Python 2 alone."""
    last = {
        each.location.path
        for each in report.python.evidence
        if each.what.startswith("syntax: ") and each.last is not None and each.last.startswith("2.")
    }
    main = {one.path for one in report.files if one.role.value == "main"}
    return bool(main) and main <= last


class _Choosing:
    def __init__(self, knowledge: Knowledge, target: Target, formats: FormatPolicy) -> None:
        self._knowledge, self._target, self._formats = knowledge, target, formats

    def chosen(self, needed: Sequence[NeededImport]) -> tuple[list[AskedImport], list[UnavailableImport]]:
        """What is asked for, and what cannot be."""
        self._knowledge.prefetch_listings([one.choices[0].name for one in needed])
        asked: list[AskedImport] = []
        unavailable: list[UnavailableImport] = []
        guesses = [one for one in needed if one.is_guess]
        verified = self._verified(guesses)
        for one in needed:
            if one.is_guess:
                reason = verified.get(one.choices[0].name)
                if reason is None:
                    asked.append(_asked(one, 0))
                else:
                    unavailable.append(reason)
                continue
            found = next((i for i, each in enumerate(one.choices) if self._has_release(each.name)), None)
            if found is not None:
                asked.append(_asked(one, found))
                continue
            unavailable.append(self._without_release(one))
        return asked, unavailable

    def _has_release(self, name: str) -> bool:
        listing = self._knowledge.listing(name)
        return listing is not None and self._usable(name, listing)

    def _usable(self, name: str, listing: Listing) -> bool:
        formats = self._formats.of(name)
        return any(
            self._target.shape_fit(listing.shapes[shape], formats) is not PythonFit.REFUSED
            for position, shape in enumerate(listing.shape_of)
            if position not in listing.yanked
        )

    def _without_release(self, one: NeededImport) -> UnavailableImport:
        names = ", ".join(each.name for each in one.choices)
        message = f"no release of {names} can be used on {self._target.name}"
        return _unavailable(one, UnavailableKind.NO_RELEASE, message, one.choices[0].name)

    def _verified(self, guesses: Iterable[NeededImport]) -> Mapping[str, UnavailableImport | None]:
        """For each project that only its name speaks for: None where its wheel agrees, else why not."""
        from knowledge.wheel_names import wheel_names

        found: dict[str, UnavailableImport | None] = {}
        to_read: dict[str, NeededImport] = {}
        for one in guesses:
            name = one.choices[0].name
            listing = self._knowledge.listing(name)
            if listing is None or not listing.versions:
                found[name] = _unavailable(
                    one, UnavailableKind.UNKNOWN, "no project of that name is on the index"
                )
            elif not self._usable(name, listing):
                message = f"no release of {name}, if that is meant, can be used on {self._target.name}"
                found[name] = _unavailable(one, UnavailableKind.NO_RELEASE, message, name)
            else:
                to_read[name] = one
        names = wheel_names(self._knowledge, list(to_read), time.time)
        for name, one in to_read.items():
            holds = any(each.name == name for each in names.providers(one.name))
            message = f"the project {name} on the index is not known to hold such a module"
            found[name] = None if holds else _unavailable(one, UnavailableKind.UNKNOWN, message, name)
        return found


def _asked(one: NeededImport, choice: int) -> AskedImport:
    match = one.choices[choice]
    return AskedImport(
        name=one.name,
        distribution=match.name,
        source="wheel" if one.is_guess else match.source,
        location=one.location,
    )


def _unavailable(
    one: NeededImport, kind: UnavailableKind, message: str, distribution: str | None = None
) -> UnavailableImport:
    return UnavailableImport(
        name=one.name, kind=kind, message=message, location=one.location, distribution=distribution
    )
