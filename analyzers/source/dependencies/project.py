"""One project under scan: what it declares, what its names stand for, and its settings, taken together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from analyzers.manifests.declared import Format, Manifest
from analyzers.source.dependencies.declared import Dependencies, dependencies
from analyzers.source.names.import_names import ImportNames
from analyzers.source.names.provided_names import Provided
from analyzers.source.names.standard_library import PythonVersion
from analyzers.source.protocols import DistributionNames
from analyzers.source.records import Import
from analyzers.source.settings import ScanSettings

_PYTHONS = tuple((3, minor) for minor in range(30))


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What findings are made from, beside the imports.

    Attributes:
        first_party: top-level names of the project's own modules, with the file that each is.
        oldest_python: the first that the project supports; None where no manifest says.
        scripts: those that state their own requirements, by path: each stands for itself alone (PEP 723).
    """

    dependencies: Dependencies
    names: ImportNames
    settings: ScanSettings
    first_party: Mapping[str, str]
    oldest_python: PythonVersion | None = None
    scripts: Mapping[str, Project] = msgspec.field(default_factory=dict)

    def linked(self, imports: Iterable[Import]) -> list[Import]:
        """The imports with their origins and distributions."""
        if not self.scripts:
            return self.names.linked(imports)
        linked: list[Import] = []
        for one in imports:
            owner = self.scripts.get(one.file, self)
            linked += owner.names.linked((one,))
        return linked


def project_of(
    manifests: Sequence[Manifest],
    *,
    first_party: Mapping[str, str] | None = None,
    settings: ScanSettings | None = None,
    provided: Sequence[Provided] = (),
    wheels: DistributionNames | None = None,
    python: PythonVersion | None = None,
) -> Project:
    """The project that manifests describe.

    Args:
        manifests: all of them, locks included.
        first_party: see `Project`.
        settings: those of the project.
        provided: what is installed where it runs.
        wheels: knows what wheels hold.
        python: that it is to run on; None where that is not known.
    """
    settings, own_modules = settings or ScanSettings(), first_party or {}
    scripts = [one for one in manifests if one.format is Format.SCRIPT]
    shared = [one for one in manifests if one.format is not Format.SCRIPT]
    declared = dependencies(shared, settings)
    inner = {
        one.path: _made([one], dependencies([one], settings), own_modules, settings, provided, wheels, python)
        for one in scripts
    }
    return _made(shared, declared, own_modules, settings, provided, wheels, python, inner)


def _made(
    manifests: Sequence[Manifest],
    declared: Dependencies,
    first_party: Mapping[str, str],
    settings: ScanSettings,
    provided: Sequence[Provided],
    wheels: DistributionNames | None,
    python: PythonVersion | None,
    scripts: Mapping[str, Project] | None = None,
) -> Project:
    own = {name.replace("-", "_") for name in declared.own - declared.by_name.keys()}
    names = ImportNames(
        declared=declared.by_name.keys(),
        provided=provided,
        first_party={*first_party, *settings.first_party, *own},
        mapped=settings.names,
        wheels=wheels,
        python=python,
    )
    return Project(
        dependencies=declared,
        names=names,
        settings=settings,
        first_party=first_party,
        oldest_python=_oldest(one.requires_python for one in manifests),
        scripts=scripts or {},
    )


def _oldest(specifiers: Iterable[str | None]) -> PythonVersion | None:
    """The first Python that any of the specifiers admits."""
    found = [version for text in specifiers if text for version in _first(text)]
    return min(found, default=None)


def _first(text: str) -> Collection[PythonVersion]:
    try:
        admitted = SpecifierSet(text)
    except InvalidSpecifier:
        return ()
    # Any late release of a minor version will do: `>=3.9.2` admits 3.9.
    return [one for one in _PYTHONS if admitted.contains(f"{one[0]}.{one[1]}.999", prereleases=True)][:1]
