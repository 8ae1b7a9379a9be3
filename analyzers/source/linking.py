"""From what each file says by itself to what the project uses of others: expressions are followed across its files."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Confidence
from analyzers.source.following import Follower, absolute
from analyzers.source.module_facts import ImportFact, ModuleFacts, Site, UseFact
from analyzers.source.notebooks import Cells
from analyzers.source.protocols import Surfaces
from analyzers.source.records import Import, Origin, Role, Use, UseKind, Via
from analyzers.source.standard_library import is_standard
from analyzers.source.symbols import Symbols


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its place in the project.

    Attributes:
        names: dotted names under which it is imported, the likeliest first; none for scripts and notebooks.
        is_package: whether relative imports start at the name itself.
        cells: of a notebook.
    """

    facts: ModuleFacts
    names: tuple[str, ...] = ()
    is_package: bool = False
    role: Role = Role.MAIN
    cells: Cells | None = None


class LinkedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What one file uses of others.

    Attributes:
        uses: of what neither the project nor the standard library has.
        standard_uses: of the standard library.
    """

    imports: tuple[Import, ...] = ()
    uses: tuple[Use, ...] = ()
    standard_uses: tuple[Use, ...] = ()


def linked(files: Mapping[str, SourceFile], *, surfaces: Surfaces) -> dict[str, LinkedFile]:
    """Imports and uses by path; what the project itself defines is followed to what it comes from."""
    linker = _Linker(files, surfaces)
    return {path: linker.file(path, file) for path, file in files.items()}


class _Linker:
    def __init__(self, files: Mapping[str, SourceFile], surfaces: Surfaces) -> None:
        self._follower = Follower(files, surfaces)
        self._symbols = Symbols(surfaces)
        self._reached: dict[tuple[str, bool], tuple[str, ...]] = {}

    def file(self, path: str, file: SourceFile) -> LinkedFile:
        imports: list[Import] = []
        uses: list[Use] = []
        standard: list[Use] = []
        for fact in file.facts.imports:
            imported = self._imported(path, file, fact)
            imports.append(imported)
            if imported.origin is not Origin.FIRST_PARTY:
                (standard if imported.origin is Origin.STDLIB else uses).append(_import_use(imported))
        for use in file.facts.uses:
            for target in use.targets:
                self._use(path, file, use, target, uses, standard)
        return LinkedFile(imports=tuple(imports), uses=tuple(uses), standard_uses=tuple(standard))

    def _use(
        self, path: str, file: SourceFile, use: UseFact, target: str, uses: list[Use], standard: list[Use]
    ) -> None:
        is_called = use.kind is UseKind.CALL
        if target[0] in ".:":
            reached = self._follower.reached(target, path, file, is_called=is_called)
        else:
            key = (target, is_called)
            known = self._reached.get(key)
            if known is None:
                known = self._reached[key] = self._follower.reached(target, path, file, is_called=is_called)
            reached = known
        for expression in reached:
            symbol = self._symbols.of(expression)
            via = use.via
            if symbol.via is not None and (via is not Via.INHERITED or symbol.via is Via.INHERITED):
                via = symbol.via
            elif via is Via.CHAIN:
                via = Via.ALIAS
            confidence = use.confidence
            if len(reached) > 1 and confidence is Confidence.CERTAIN:
                confidence = Confidence.LIKELY
            cell, site = placed(use.site, file.cells)
            (standard if symbol.is_standard else uses).append(
                Use(
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
                    literals=use.literals,
                )
            )

    def _imported(self, path: str, file: SourceFile, fact: ImportFact) -> Import:
        module = absolute(fact.module, file) or fact.module
        root = module.partition(".")[0]
        if fact.module.startswith(".") or self._follower.is_own(module):
            origin = Origin.FIRST_PARTY
        elif is_standard(root):
            origin = Origin.STDLIB
        else:
            origin = Origin.THIRD_PARTY
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
            is_top_level=fact.is_top_level,
            confidence=fact.confidence,
        )


def placed(site: Site, cells: Cells | None) -> tuple[int | None, Site]:
    """The cell of a notebook in which a place lies, and the place within it."""
    if cells is None:
        return None, site
    cell, line = cells.place(site.line)
    return cell, Site(line, site.column, site.end_line + line - site.line, site.end_column)


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
