"""Which imports of code no distribution can serve, by kind, and which distributions may serve the others.

For code that declares nothing. Nothing is asked of an index here: an import that nothing but its own name
speaks for is marked as a guess, which an index must confirm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from packaging.utils import canonicalize_name

from analyzers.evidence import Confidence, Location
from analyzers.source.names.known_names import known_names
from analyzers.source.names.standard_library import PythonVersion, available_since, available_until
from analyzers.source.names.typosquats import lookalike, swapped
from analyzers.source.names.unavailable_names import Provider, UnavailableName, unavailable_name
from analyzers.source.records import DistributionMatch, Import, Origin, Role
from analyzers.source.signals.python_versions import span
from analyzers.source.unavailable_imports import UnavailableImport, UnavailableKind

_FIRST_OF_3 = (3, 0)
_VERIFIED = ("settings", "installed", "declared")
_PLATFORMS = {"win32": Provider.WINDOWS, "darwin": Provider.MACOS}


class NeededImport(msgspec.Struct, frozen=True, kw_only=True):
    """An import that a distribution can serve.

    Attributes:
        name: the top-level module.
        choices: distributions, the likeliest first.
        is_guess: whether nothing but the name itself speaks for the one choice.
        location: of the first such import.
        symbols: dotted names that are imported of it.
        is_top_level: whether any such import runs when the code is imported.
    """

    name: str
    choices: tuple[DistributionMatch, ...]
    is_guess: bool
    location: Location
    symbols: frozenset[str]
    is_top_level: bool


def sorted_out(
    imports: Sequence[Import], python: PythonVersion, platform: str
) -> tuple[list[NeededImport], list[UnavailableImport]]:
    """What main code cannot be imported without: what distributions can serve, and what none can.

    Args:
        imports: linked, of a whole scan.
        python: of the target.
        platform: its ``sys.platform``.
    """
    told = _Telling(imports, python, platform)
    needed: dict[str, NeededImport] = {}
    unavailable: dict[tuple[str, UnavailableKind], UnavailableImport] = {}
    for one in _unconditional(imports, told):
        reason = told.unavailable(one)
        if reason is not None:
            key = (reason.name, reason.kind)
            if key not in unavailable or (reason.is_top_level and not unavailable[key].is_top_level):
                unavailable[key] = reason
        elif one.origin is Origin.THIRD_PARTY:
            _add(needed, one)
    return sorted(needed.values(), key=lambda one: one.name), list(unavailable.values())


def _add(needed: dict[str, NeededImport], one: Import) -> None:
    # Several distributions share a namespace, and each of them is needed.
    key = one.distributions[0].name
    symbols = frozenset({_symbol(one)})
    known = needed.get(key)
    if known is not None:
        needed[key] = msgspec.structs.replace(
            known,
            symbols=known.symbols | symbols,
            is_top_level=known.is_top_level or one.is_top_level,
        )
        return
    needed[key] = NeededImport(
        name=one.module.partition(".")[0],
        choices=one.distributions,
        is_guess=one.distributions[0].confidence is Confidence.POSSIBLE,
        location=_place(one),
        symbols=symbols,
        is_top_level=one.is_top_level,
    )


def _unconditional(imports: Sequence[Import], told: _Telling) -> Iterator[Import]:
    """What is imported in any case; of alternatives the first that can be had, else the first."""
    alternatives: dict[tuple[str, int], list[Import]] = {}
    for one in imports:
        if one.role is not Role.MAIN:
            continue
        if one.alternative is not None:
            alternatives.setdefault((one.file, one.alternative), []).append(one)
        elif not one.guard:
            yield one
    for group in alternatives.values():
        if len(group) > 1:
            available = [one for one in group if told.unavailable(one) is None]
            vouched = [one for one in available if not _is_guess(one)]
            yield (vouched or available or group)[0]


def _is_guess(one: Import) -> bool:
    return bool(one.distributions) and one.distributions[0].confidence is Confidence.POSSIBLE


class _Telling:
    def __init__(self, imports: Iterable[Import], python: PythonVersion, platform: str) -> None:
        self._python = python
        self._here = _PLATFORMS.get(platform)
        self._beside: dict[str, set[str]] = {}
        for one in imports:
            self._beside.setdefault(one.file, set()).add(_symbol(one))

    def unavailable(self, one: Import) -> UnavailableImport | None:
        """Why an import cannot be served; None where it can be, or where an index must be asked."""
        if one.module.startswith("."):
            return _reason(
                one, UnavailableKind.OWN, "a module beside this file, which is not there", one.module
            )
        if one.origin is Origin.FIRST_PARTY or (
            one.distributions and one.distributions[0].source in _VERIFIED
        ):
            return None
        row = unavailable_name(_symbol(one), self._beside[one.file])
        if row is not None and row.provider is not self._here:
            return _of_row(one, row)
        if one.origin is Origin.STDLIB:
            return self._standard(one)
        return _of_name(one)

    def _standard(self, one: Import) -> UnavailableImport | None:
        root = one.module.partition(".")[0]
        if available_until(one.module) <= _FIRST_OF_3:
            return _reason(one, UnavailableKind.PYTHON2, "the standard library of Python 2 alone", root)
        since, until = available_since(one.module), available_until(one.module)
        if not since <= self._python < until:
            which = f"until {_before(until)}" if until <= self._python else f"since {_text(since)}"
            return _reason(one, UnavailableKind.PYTHON, f"the standard library of Python {which}", root)
        for name in dict.fromkeys((one.module, _symbol(one))):
            first, last = span(name) or (None, None)
            if last is not None and last < min(_FIRST_OF_3, self._python):
                return _reason(one, UnavailableKind.PYTHON2, "the standard library of Python 2 alone", name)
            if (first and self._python < first) or (last and last < self._python):
                which = f"until {_text(last)}" if last else f"since {_text(first)}" if first else ""
                return _reason(one, UnavailableKind.PYTHON, f"the standard library of Python {which}", name)
        return None


def _of_name(one: Import) -> UnavailableImport | None:
    """What the name alone tells of an import that nothing vouches for."""
    if one.distributions and one.distributions[0].confidence is not Confidence.POSSIBLE:
        return None
    root = one.module.partition(".")[0]
    if root in known_names().nobodys or root.startswith("_"):
        return _reason(one, UnavailableKind.OWN, "a module of the project itself, by its name", root)
    near = lookalike(canonicalize_name(root))
    project = swapped(canonicalize_name(root)) if near is None else near.project
    if project is not None:
        message = f"perhaps a misspelling of {project}"
        return _reason(one, UnavailableKind.MISSPELLED, message, root, distribution=project)
    if not one.distributions:
        return _reason(one, UnavailableKind.UNKNOWN, "no distribution is known to provide it", root)
    return None


def _of_row(one: Import, row: UnavailableName) -> UnavailableImport:
    match row.provider:
        case Provider.APPLICATION:
            kind = UnavailableKind.APPLICATION
        case Provider.SYSTEM:
            kind = UnavailableKind.SYSTEM
        case Provider.WINDOWS | Provider.MACOS:
            kind = UnavailableKind.PLATFORM
        case Provider.PYTHON2:
            kind = UnavailableKind.PYTHON2
    return _reason(one, kind, row.what, row.name, source=row.source)


def _reason(
    one: Import,
    kind: UnavailableKind,
    message: str,
    name: str,
    *,
    distribution: str | None = None,
    source: str | None = None,
) -> UnavailableImport:
    return UnavailableImport(
        name=name,
        kind=kind,
        message=message,
        location=_place(one),
        distribution=distribution,
        source=source,
        is_top_level=one.is_top_level,
    )


def _place(one: Import) -> Location:
    return Location(path=one.file, line=one.line, column=one.column, cell=one.cell)


def _symbol(one: Import) -> str:
    return one.module if one.name in (None, "*") else f"{one.module}.{one.name}"


def _text(version: PythonVersion) -> str:
    return f"{version[0]}.{version[1]}"


def _before(version: PythonVersion) -> str:
    return f"{version[0]}.{version[1] - 1}"
