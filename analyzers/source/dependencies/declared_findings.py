"""Findings about what is declared: nothing uses it, or it is not what it seems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzers.evidence import Evidence, Finding, Level
from analyzers.manifests.declared import GroupKind
from analyzers.source.dependencies.declared import Declaration, Dependency
from analyzers.source.dependencies.gathering import Gathered
from analyzers.source.dependencies.imported_findings import MISPLACED
from analyzers.source.dependencies.project import Project
from analyzers.source.names.standard_library import available_since, available_until, is_standard
from analyzers.source.names.typosquats import lookalike
from analyzers.source.names.unimported import (
    holds_no_python,
    reason_doubtful,
    reason_misplaced,
    reason_unimported,
    stubbed,
)
from analyzers.source.reading.suppressions import Suppressed
from analyzers.source.records import DistributionMatch, Import, Origin, Role

UNUSED = "unused-dependency"
SHADOWED = "shadowed-dependency"
TYPOSQUAT = "possible-typosquat"
STANDARD = "standard-library-dependency"

_OLDEST_ALIVE = (3, 9)
"""Where no manifest tells, older Pythons are not thought of."""


def declared_findings(
    imports: Sequence[Import], project: Project, suppressed: Suppressed
) -> Iterator[Finding]:
    """What the manifests declare that the imports do not call for, or that hints at a mistake.

    Args:
        imports: linked, all of the project.
        project: what they are compared with.
        suppressed: places that want no findings.
    """
    return _Comparison(imports, project, suppressed).findings()


class _Comparison:
    def __init__(self, imports: Sequence[Import], project: Project, suppressed: Suppressed) -> None:
        self._project = project
        self._gathered = Gathered(project.settings, suppressed)
        self._roles: dict[str, set[Role]] = {}
        self._own_imports: dict[str, Import] = {}
        own: dict[str, Import] = {}
        seen: set[tuple[Role, tuple[DistributionMatch, ...]]] = set()
        for one in imports:
            if one.origin is Origin.FIRST_PARTY:
                own.setdefault(one.module, one)
            elif one.distributions:
                seen.add((one.role, one.distributions))
        for module, one in own.items():
            self._own_imports.setdefault(module.partition(".")[0], one)
        for role, matches in seen:
            for match in matches:
                self._roles.setdefault(match.name, set()).add(role)
        likeliest = {matches[0].name for _, matches in seen}
        self._in_use = project.dependencies.by_name.keys() | likeliest

    def findings(self) -> Iterator[Finding]:
        for _, dependency in sorted(self._project.dependencies.by_name.items()):
            self._typosquat(dependency)
            if not dependency.reported or self._standard(dependency):
                continue
            if roles := self._roles.get(dependency.name):
                self._used_by_tests_alone(dependency, roles)
            elif not self._shadowed(dependency):
                self._unused(dependency)
        return self._gathered.findings()

    def _unused(self, dependency: Dependency) -> None:
        name, settings = dependency.name, self._project.settings
        if name in settings.used:
            return
        doubt = None
        if settings.tools_count_as_used:
            doubt = reason_misplaced(name, dependency.runtime)
            if not doubt and reason_unimported(name, self._in_use, self._project.names.installed(name)):
                return
            if self._describes_something_used(name):
                return
            if dependency.is_conda and all(
                holds_no_python(one.declared.name or "") for one in dependency.declarations
            ):
                return
            doubt = doubt or reason_doubtful(name, self._in_use, dependency.is_conda)
        level = Level.INFO if doubt or not dependency.runtime else Level.WARNING
        names, _ = self._project.names.imports_of(name)
        what = f"; {doubt}" if doubt else ""
        self._gathered.add_declared(
            UNUSED,
            name,
            dependency.reported,
            level=level,
            message=f"{name} is declared, but nothing imports {_listed(names)}{what}",
        )

    def _describes_something_used(self, name: str) -> bool:
        """Whether it holds type stubs of what is used; they bear the distribution's name or the import's."""
        installed, described = self._project.names.installed(name), stubbed(name)
        if described in self._in_use:
            return True
        modules = set(installed.stubs) if installed else set()
        if described:
            modules.add(described.replace("-", "_"))
        matches = (self._project.names.match(module) for module in modules)
        return any(each.name in self._in_use for match in matches for each in match.distributions)

    def _used_by_tests_alone(self, dependency: Dependency, roles: set[Role]) -> None:
        main = [
            one
            for one in dependency.declarations
            if one.runtime and one.declared.group.kind is GroupKind.MAIN
        ]
        if main and roles == {Role.TEST}:
            self._gathered.add_declared(
                MISPLACED,
                dependency.name,
                main,
                level=Level.INFO,
                message=f"{dependency.name} is declared for run time, but only tests import it",
            )

    def _shadowed(self, dependency: Dependency) -> bool:
        names, _ = self._project.names.imports_of(dependency.name)
        for name in sorted(names):
            path, hidden_by = self._project.first_party.get(name), self._own_imports.get(name)
            if path is not None and hidden_by is not None:
                where = f"{hidden_by.file}:{hidden_by.line}:{hidden_by.column}"
                self._gathered.add_declared(
                    SHADOWED,
                    dependency.name,
                    dependency.reported,
                    level=Level.WARNING,
                    message=f"{dependency.name} is declared, but the project's own module {name} hides it",
                    extra=(
                        Evidence(what=f"is imported as {name}", where=path),
                        Evidence(what=f"imports {name}, and gets the project's own", where=where),
                    ),
                )
                return True
        return False

    def _typosquat(self, dependency: Dependency) -> None:
        from_index = [one for one in dependency.declarations if _is_from_index(one)]
        if not from_index or dependency.is_conda or (near := lookalike(dependency.name)) is None:
            return
        is_imported = dependency.name in self._roles
        other = near.project in self._roles and near.project not in self._project.dependencies.by_name
        extra = [Evidence(what=f"differs from {near.project} by {near.slip}", where=dependency.name)]
        if not is_imported:
            extra.append(Evidence(what="nothing imports it", where=dependency.name))
        if other:
            extra.append(Evidence(what=f"{near.project} is imported and not declared", where=near.project))
        level = Level.ERROR if other else Level.INFO if is_imported else Level.WARNING
        self._gathered.add_declared(
            TYPOSQUAT,
            dependency.name,
            from_index,
            level=level,
            message=f"{dependency.name} is declared; the well-known project of such a name is {near.project}",
            extra=extra,
        )

    def _standard(self, dependency: Dependency) -> bool:
        """Whether the standard library has it: then it is not called unused as well."""
        module = dependency.name.replace("-", "_")
        if dependency.is_conda or not is_standard(module) or available_until(module) < (3, 99):
            return False
        oldest = self._project.oldest_python or _OLDEST_ALIVE
        if available_since(module) > oldest:
            return False
        always = [one for one in dependency.reported if "python" not in (one.declared.marker or "")]
        if always and all(_is_from_index(one) for one in always):
            self._gathered.add_declared(
                STANDARD,
                dependency.name,
                always,
                level=Level.WARNING,
                message=f"{dependency.name} is declared, but the standard library has a module of that name",
            )
        return True


def _is_from_index(declaration: Declaration) -> bool:
    return declaration.declared.reference is None


def _listed(names: frozenset[str]) -> str:
    shown = sorted(names, key=lambda name: (name.startswith("_"), len(name), name))[:3]
    return ", ".join(shown) or "any module of it"
