"""From what each file says by itself to what the project uses of others, followed across its files."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Mapping, Sequence

import msgspec

from analyzers.evidence import Confidence
from analyzers.source.following import Follower, absolute
from analyzers.source.module_facts import ImportFact, ModuleFacts, Site, UseFact
from analyzers.source.protocols import Surfaces
from analyzers.source.records import Import, Origin, Role, Use, UseKind, Via
from analyzers.source.standard_library import is_standard
from analyzers.source.symbols import Symbol, Symbols

_CALL = UseKind.CALL
_FIRST_PARTY = Origin.FIRST_PARTY
_STDLIB = Origin.STDLIB


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its place in the project.

    Attributes:
        names: dotted names under which it is imported, the likeliest first; none for scripts and notebooks.
        is_package: whether relative imports start at the name itself.
        cells: of a notebook, the line at which each cell starts.
    """

    facts: ModuleFacts
    names: tuple[str, ...] = ()
    is_package: bool = False
    role: Role = Role.MAIN
    cells: tuple[int, ...] = ()


class LinkedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What one file uses of others.

    Attributes:
        uses: of what neither the project nor the standard library has.
        standard_uses: of the standard library.
    """

    imports: tuple[Import, ...] = ()
    uses: tuple[Use, ...] = ()
    standard_uses: tuple[Use, ...] = ()


def linked(
    files: Mapping[str, SourceFile], *, surfaces: Surfaces, only: Collection[str] | None = None
) -> dict[str, LinkedFile]:
    """Imports and uses by path; what the project itself defines is followed to what it comes from.

    Args:
        files: all of the project's, so that there is something to follow.
        surfaces: what the libraries are known to export and return.
        only: paths that are wanted; all where None.
    """
    linker = _Linker(files, surfaces)
    return {path: linker.file(path, files[path]) for path in (files if only is None else only)}


class _Linker:
    def __init__(self, files: Mapping[str, SourceFile], surfaces: Surfaces) -> None:
        self._follower = Follower(files, surfaces)
        self._symbols = Symbols(surfaces)
        # Calling is more than mentioning: a class of the project may run a library's constructor.
        self._called: dict[str, tuple[Symbol, ...]] = {}
        self._mentioned: dict[str, tuple[Symbol, ...]] = {}
        self._origins: dict[str, Origin] = {}

    def file(self, path: str, file: SourceFile) -> LinkedFile:
        imports: list[Import] = []
        uses: list[Use] = []
        standard: list[Use] = []
        for fact in file.facts.imports:
            imported = self._imported(path, file, fact)
            imports.append(imported)
            if imported.origin is not _FIRST_PARTY:
                (standard if imported.origin is _STDLIB else uses).append(_import_use(imported))
        called, mentioned = self._called, self._mentioned
        for use in file.facts.uses:
            known = called if use.kind is _CALL else mentioned
            for target in use.targets:
                if target[0] == ".":
                    full = absolute(target, file)
                    if full is None:
                        continue
                    target = full
                symbols = known.get(target)
                if symbols is None:
                    reached = self._follower.reached(target, is_called=use.kind is _CALL)
                    symbols = known[target] = tuple(self._symbols.of(expression) for expression in reached)
                for symbol in symbols:
                    (standard if symbol.is_standard else uses).append(
                        _use(path, file, use, symbol, is_one=len(symbols) == 1)
                    )
        return LinkedFile(imports=tuple(imports), uses=tuple(uses), standard_uses=tuple(standard))

    def _imported(self, path: str, file: SourceFile, fact: ImportFact) -> Import:
        module = absolute(fact.module, file) or fact.module
        origin = _FIRST_PARTY if fact.module[0] == "." else self._origins.get(module)
        if origin is None:
            if self._follower.is_own(module):
                origin = _FIRST_PARTY
            else:
                origin = _STDLIB if is_standard(module) else Origin.THIRD_PARTY
            self._origins[module] = origin
        cell, site = placed(fact.site, file.cells)
        return Import(
            file=path,
            cell=cell,
            line=site.line,
            column=site.column,
            end_line=site.end_line,
            end_column=site.end_column,
            module=module,
            name=fact.name,
            asname=fact.asname,
            kind=fact.kind,
            guard=fact.guard,
            role=file.role,
            alternative=fact.alternative,
            origin=origin,
            confidence=fact.confidence,
        )


def _use(path: str, file: SourceFile, use: UseFact, symbol: Symbol, *, is_one: bool) -> Use:
    via = use.via
    if symbol.via is not None and (via is not Via.INHERITED or symbol.via is Via.INHERITED):
        via = symbol.via
    elif via is Via.CHAIN:
        via = Via.ALIAS
    confidence = use.confidence
    if not is_one and confidence is Confidence.CERTAIN:
        confidence = Confidence.LIKELY
    cell, site = placed(use.site, file.cells) if file.cells else (None, use.site)
    return Use(
        file=path,
        cell=cell,
        line=site.line,
        column=site.column,
        end_line=site.end_line,
        end_column=site.end_column,
        symbol=symbol.name,
        kind=use.kind,
        positional=use.positional,
        keywords=use.keywords,
        star_arguments=use.star_arguments,
        via=via,
        guard=use.guard,
        role=file.role,
        confidence=confidence,
    )


def placed(site: Site, cells: Sequence[int]) -> tuple[int | None, Site]:
    """The cell of a notebook in which a place lies, and the place within it."""
    if not cells:
        return None, site
    cell = max(0, bisect.bisect_right(cells, site.line) - 1)
    first = cells[cell] - 1
    return cell, Site(site.line - first, site.column, site.end_line - first, site.end_column)


def _import_use(imported: Import) -> Use:
    symbol = imported.module if imported.name in (None, "*") else f"{imported.module}.{imported.name}"
    return Use(
        file=imported.file,
        cell=imported.cell,
        line=imported.line,
        column=imported.column,
        end_line=imported.end_line,
        end_column=imported.end_column,
        symbol=symbol,
        kind=UseKind.IMPORT,
        guard=imported.guard,
        role=imported.role,
        confidence=imported.confidence,
    )
