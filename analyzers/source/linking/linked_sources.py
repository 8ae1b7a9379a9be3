"""Everything that the files of one scan say together, without holding all their uses at once: `Linking`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from analyzers.source.caching.tree_sources import Source
from analyzers.source.dependencies.project import Project
from analyzers.source.linking.forks import shared_out
from analyzers.source.linking.linker import Linker
from analyzers.source.linking.project_files import SourceFile
from analyzers.source.module_facts import ModuleFacts
from analyzers.source.protocols import Surfaces
from analyzers.source.records import Import, Origin, Role, Use, UseKind
from analyzers.source.signals import demand, python_versions
from analyzers.source.signals.demand import ApiDemand, Demands
from analyzers.source.signals.hardware import HardwareHint, hints_at_hardware, of_mentions, said, weighed
from analyzers.source.signals.native import NativeLibrary, libraries, loads
from analyzers.source.signals.python_bounds import PythonBounds
from analyzers.source.signals.python_versions import Bounds, bounds_python

Collected = TypeVar("Collected")

_MOST_SHARED = 256
"""Files whose definitions are held at once: those that many others ask, and the one that is linked."""


class Signals(NamedTuple):
    """What uses amount to.

    Attributes:
        uses_by_root: how many there are of each root module.
    """

    python: PythonBounds
    hardware: tuple[HardwareHint, ...]
    native: tuple[NativeLibrary, ...]
    demands: tuple[ApiDemand, ...]
    uses_by_root: Mapping[str, int]


class _Share(NamedTuple, Generic[Collected]):
    """What the uses of some of the files amount to."""

    collected: Collected
    bounds: python_versions.Counted
    demands: demand.Counted
    hardware: Sequence[HardwareHint]
    standard_libraries: Sequence[NativeLibrary]
    other_libraries: Sequence[NativeLibrary]
    uses_by_root: Mapping[str, int]


class _Sums:
    """Sums up the uses of files that come one after another."""

    def __init__(self, bounds: Bounds, demands: Demands) -> None:
        self._bounds, self._demands = bounds, demands
        self._hardware: list[HardwareHint] = []
        self._standard_libraries: list[NativeLibrary] = []
        self._other_libraries: list[NativeLibrary] = []
        self._counts: dict[str, int] = {}

    def add(self, uses: Sequence[Use], standard: Sequence[Use]) -> None:
        """Count the uses of one file, those of the standard library apart."""
        self._bounds.add(standard)
        self._demands.add(
            use for use in uses if use.kind is not UseKind.IMPORT
        )  # imports speak for themselves
        self._hardware += said(uses)
        self._hardware += said(standard)
        self._standard_libraries += libraries(standard)
        self._other_libraries += libraries(uses)
        counts = self._counts
        for use in uses:
            root = use.symbol.partition(".")[0]
            counts[root] = counts.get(root, 0) + 1

    def share(self, collected: Collected) -> _Share[Collected]:
        """All that was added."""
        return _Share(
            collected,
            self._bounds.counted(),
            self._demands.counted(),
            self._hardware,
            self._standard_libraries,
            self._other_libraries,
            self._counts,
        )


class Linking:
    """The imports of files, at once, and their uses, file by file.

    Args:
        names: dotted names of each file, by path.

    Attributes:
        imports: of all files, with their distributions.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        names: Mapping[str, tuple[str, ...]],
        project: Project,
        surfaces: Surfaces,
    ) -> None:
        self._sources = sources
        encoded = {source.fact.path: source.encoded for source in sources}

        @lru_cache(_MOST_SHARED)
        def shared(path: str) -> ModuleFacts:
            return encoded[path].shared()

        files = {source.fact.path: _linkable(source, names[source.fact.path]) for source in sources}
        self._linker = Linker(files, surfaces, _is_signal, shared)
        self._forget_shared = shared.cache_clear
        self._starts = [0]
        """Where the imports of each file begin among those of all."""
        imports: list[Import] = []
        for source in sources:
            found = self._linker.imports(source.fact.path, source.encoded.taken_imports())
            imports += found
            self._starts.append(len(imports))
        self._origins: list[Origin] = [one.origin for one in imports]
        self.imports = project.linked(imports)

    def signals(
        self, collect: Callable[[Iterator[Sequence[Use]]], Collected], jobs: int = 1
    ) -> tuple[list[Collected], Signals]:
        """What is collected of the uses, in their order, and what all of them amount to.

        Args:
            collect: given the uses of each file of a share, one after another; what it makes of them comes
                from another process, maybe.
            jobs: processes at the most.
        """
        main = [source for source in self._sources if source.fact.role is Role.MAIN]
        bounds = Bounds({s.fact.path: s.record.facts.features for s in main}, self.imports)
        demands = Demands(self.imports)
        imported = bounds.counted(), demands.counted()

        def share(part: slice) -> _Share[Collected]:
            sums = _Sums(bounds, demands)
            collected = collect(self._uses(part, sums))
            self._linker.forget()
            self._forget_shared()
            return sums.share(collected)

        shares = shared_out(share, [source.encoded.uses_bytes for source in self._sources], jobs)
        for counted in (imported[0], *(one.bounds for one in shares)):
            bounds.join(counted)
        counts = Counter[str]()
        for one in shares:
            counts.update(one.uses_by_root)
        mentions = of_mentions({s.fact.path: s.record.facts.devices for s in main})
        return [one.collected for one in shares], Signals(
            python=bounds.made(),
            hardware=weighed([*(hint for one in shares for hint in one.hardware), *mentions]),
            native=(
                *(library for one in shares for library in one.standard_libraries),
                *(library for one in shares for library in one.other_libraries),
            ),
            demands=demands.made((imported[1], *(one.demands for one in shares))),
            uses_by_root=counts,
        )

    def _uses(self, part: slice, sums: _Sums) -> Iterator[Sequence[Use]]:
        """The uses of each file in a range, which are summed up on their way."""
        for number in range(*part.indices(len(self._sources))):
            source, place = self._sources[number], slice(self._starts[number], self._starts[number + 1])
            imports = zip(self.imports[place], self._origins[place], strict=True)
            uses, standard = self._linker.uses(source.fact.path, imports, source.encoded.taken_uses())
            sums.add(uses, standard)
            yield uses


@lru_cache(1 << 14)
def _is_signal(symbol: str) -> bool:
    """Whether a use of the standard library is worth looking at, whatever is passed to it."""
    return bounds_python(symbol) or loads(symbol) or hints_at_hardware(symbol)


def _linkable(source: Source, names: tuple[str, ...]) -> SourceFile:
    path = source.fact.path
    return SourceFile(
        facts=source.record.facts,
        names=names,
        is_package=path.rpartition("/")[2].partition(".")[0] == "__init__",
        role=source.fact.role,
        cells=source.record.cells,
    )
