"""From what each file says by itself to what the project uses of others, across its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from analyzers.evidence import Confidence
from analyzers.source.linking.following import Follower, absolute
from analyzers.source.linking.project_files import SourceFile
from analyzers.source.linking.symbols import Symbol, Symbols
from analyzers.source.module_facts import ImportFact, ModuleFacts, Site, UseFact
from analyzers.source.names.standard_library import is_standard
from analyzers.source.protocols import Surfaces
from analyzers.source.reading.notebooks import Cells
from analyzers.source.records import Import, Origin, Use, UseKind, Via


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
    linker = Linker(files, surfaces)
    found: dict[str, LinkedFile] = {}
    for path, file in files.items():
        imports = linker.imports(path, file.facts.imports)
        uses, standard = linker.uses(path, ((one, one.origin) for one in imports), file.facts.uses)
        found[path] = LinkedFile(imports=imports, uses=tuple(uses), standard_uses=tuple(standard))
    return found


# Members of an enumeration are slow to ask for, and what is here is asked for at each use.
_CALL = UseKind.CALL
_INHERITED, _CHAIN, _ALIAS = Via.INHERITED, Via.CHAIN, Via.ALIAS
_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY
_MAX_REMEMBERED = 30_000
"""Symbols whose meaning is held: the frequent ones come back soon, the rare ones would fill memory."""


class Linked(NamedTuple):
    """Uses of one file; see `LinkedFile`."""

    uses: list[Use]
    standard_uses: list[Use]


class Linker:
    """Links file by file, so that not all facts need be there at once.

    Args:
        files: whose facts may be empty where `facts` gives them.
        keeps_standard: of which symbols of the standard library uses are wanted even without constant
            arguments.
        facts: definitions, exports and star imports of a file by its path.
    """

    def __init__(
        self,
        files: Mapping[str, SourceFile],
        surfaces: Surfaces,
        keeps_standard: Callable[[str], bool] = lambda symbol: True,
        facts: Callable[[str], ModuleFacts] | None = None,
    ) -> None:
        self._files = files
        self._follower = Follower(files, surfaces, facts or (lambda path: files[path].facts))
        self._symbols = Symbols(surfaces)
        self._keeps_standard = keeps_standard
        self._called: dict[str, tuple[Symbol, ...]] = {}
        self._taken: dict[str, tuple[Symbol, ...]] = {}
        self._origins: dict[str, Origin] = {}
        self._texts: dict[str, str] = {}
        """Names that stand in many imports, each once."""

    def imports(self, path: str, facts: Iterable[ImportFact]) -> tuple[Import, ...]:
        """The imports of a file."""
        file = self._files[path]
        return tuple(self._imported(path, file, fact) for fact in facts)

    def uses(self, path: str, imports: Iterable[tuple[Import, Origin]], facts: Iterable[UseFact]) -> Linked:
        """The uses of a file.

        Args:
            imports: those that `imports` gave, each with the origin that it had there.
        """
        uses: list[Use] = []
        standard: list[Use] = []
        keeps_standard = self._keeps_standard
        for imported, origin in imports:
            if origin is not Origin.FIRST_PARTY:
                use = _import_use(imported)
                if origin is not Origin.STDLIB:
                    uses.append(use)
                elif keeps_standard(use.symbol):
                    standard.append(use)
        file = self._files[path]
        role, cells = file.role, file.cells
        # What names of the file mean, as opposed to dotted names that mean the same everywhere.
        own_called: dict[str, tuple[Symbol, ...]] = {}
        own_taken: dict[str, tuple[Symbol, ...]] = {}
        all_called, all_taken = self._called, self._taken
        for fact in facts:
            kind = fact.kind
            is_called = kind is _CALL
            for target in fact.targets:
                if target[0] in ".:":
                    known = own_called if is_called else own_taken
                else:
                    known = all_called if is_called else all_taken
                symbols = known.get(target)
                if symbols is None:
                    symbols = known[target] = self._reached(target, file, is_called=is_called)
                if not symbols:
                    continue  # as most: what the project has itself
                for symbol in symbols:
                    is_standard = symbol.is_standard
                    if is_standard and not fact.literals and not keeps_standard(symbol.name):
                        continue
                    via = fact.via
                    if symbol.via is not None and (via is not _INHERITED or symbol.via is _INHERITED):
                        via = symbol.via
                    elif via is _CHAIN:
                        via = _ALIAS
                    confidence = fact.confidence
                    if len(symbols) > 1 and confidence is _CERTAIN:
                        confidence = _LIKELY
                    cell, site = (None, fact.site) if cells is None else placed(fact.site, cells)
                    (standard if is_standard else uses).append(
                        Use(
                            file=path,
                            cell=cell,
                            line=site.line,
                            column=site.column,
                            end_line=site.end_line,
                            end_column=site.end_column,
                            symbol=symbol.name,
                            kind=kind,
                            positional=fact.positional,
                            keywords=fact.keywords,
                            star_arguments=fact.star_arguments,
                            via=via,
                            guard=fact.guard,
                            role=role,
                            confidence=confidence,
                            literals=fact.literals,
                        )
                    )
        self._follower.forget()
        if len(self._called) + len(self._taken) > _MAX_REMEMBERED:
            self._forget_symbols()
        return Linked(uses, standard)

    def forget(self) -> None:
        """Let go of everything that was found out; it can be found out again."""
        self._follower.forget(most=0)
        self._forget_symbols()

    def _forget_symbols(self) -> None:
        self._called.clear()
        self._taken.clear()
        self._symbols.forget()

    def _reached(self, target: str, file: SourceFile, *, is_called: bool) -> tuple[Symbol, ...]:
        """The symbols outside the project to which the target of a use leads."""
        if target[0] != ".":
            return self._meant(target, is_called=is_called)
        full = absolute(target, file)
        if full is None:
            return ()
        known = self._called if is_called else self._taken
        symbols = known.get(full)
        if symbols is None:  # the neighbours in its package ask for the same
            symbols = known[full] = self._meant(full, is_called=is_called)
        return symbols

    def _meant(self, expression: str, *, is_called: bool) -> tuple[Symbol, ...]:
        """The symbols outside the project to which an absolute expression leads."""
        of = self._symbols.of
        return tuple([of(each) for each in self._follower.reached(expression, is_called=is_called)])

    def _imported(self, path: str, file: SourceFile, fact: ImportFact) -> Import:
        module = fact.module
        if module[0] == ".":
            module = absolute(module, file) or module
            origin = Origin.FIRST_PARTY
        else:
            known = self._origins.get(module)
            origin = self._origins[module] = self._origin(module) if known is None else known
        cell, site = placed(fact.site, file.cells)
        return Import(
            file=path,
            cell=cell,
            line=site.line,
            column=site.column,
            end_line=site.end_line,
            end_column=site.end_column,
            module=self._texts.setdefault(module, module),
            name=None if fact.name is None else self._texts.setdefault(fact.name, fact.name),
            asname=fact.asname,
            kind=fact.kind,
            guard=fact.guard,
            role=file.role,
            alternative=fact.alternative,
            origin=origin,
            is_top_level=fact.is_top_level,
            confidence=fact.confidence,
        )

    def _origin(self, module: str) -> Origin:
        if self._follower.is_own(module):
            return Origin.FIRST_PARTY
        return Origin.STDLIB if is_standard(module.partition(".")[0]) else Origin.THIRD_PARTY


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
