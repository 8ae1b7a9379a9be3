"""From statements of manifests to those of a run: live on the target and of an index, or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import (
    MAIN,
    Declared,
    DirectReference,
    Ecosystem,
    Manifest,
    Pin,
    ReferenceKind,
)
from analyzers.manifests.references import without_credentials
from resolver.asked.file_wishes import FileWishesDraft
from resolver.asked.files import InputFiles
from resolver.asked.local_projects import COMPUTED, LocalProjects
from resolver.asked.problems import Problems
from resolver.context import Constraint, DirectRequirement
from resolver.states.dependencies import Dependency, of_requirement
from resolver.states.overrides import Override, Overrides

_NAME_A_RELEASE = "name a release of an index instead"


class Statements:
    """Collects requirements, constraints and overrides, in the order in which they are read.

    Args:
        files: for local projects.
        environ: likewise.
        is_live: whether a marker holds on the target.
        problems: hears of what is not accepted.

    Attributes:
        notes: what is left out, a line each.
        wishes: what manifests say beside.
        projects: normalised names of the projects that state something.
    """

    def __init__(
        self,
        files: InputFiles,
        environ: Mapping[str, str],
        is_live: Callable[[str], bool],
        problems: Problems,
    ) -> None:
        self.requirements: list[DirectRequirement] = []
        self.constraints: list[Constraint] = []
        self.notes: list[str] = []
        self.wishes = FileWishesDraft()
        self.projects: set[str] = set()
        self._overrides: list[Override] = []
        self._is_live, self._problems = is_live, problems
        self._projects = LocalProjects(files, environ, is_live, problems)

    def overrides(self) -> Overrides:
        """Those of all files."""
        return Overrides(self._overrides)

    def belongs_to(self, manifest: Manifest) -> None:
        """Note the project that a manifest is of."""
        if manifest.project is not None and manifest.project.name:
            self.projects.add(canonicalize_name(manifest.project.name))

    def check_stated(self, manifest: Manifest) -> None:
        """Refuse a project of which the dependencies are computed by its build."""
        for unknown in manifest.unknowns:
            if unknown.what in COMPUTED:
                reason = f"the dependencies are not stated: {unknown.reason}"
                self._problems.at(unknown.where, manifest.path, reason, "state them, or give another file")
                return

    def require(self, declared: Declared, manifest: Manifest, depth: int = 0) -> None:
        """A requirement, with what a local project that it names asks for."""
        if not self._is_live(declared.marker or ""):
            if not depth:
                self.notes.append(f"{declared.location}: {_shown(declared)} is not needed on this target")
            return
        reference, index = self._source(declared, manifest)
        if declared.settings:
            self._problems.refuse(declared, "settings of a build are not supported", "remove them")
        elif reference is not None and reference.kind is ReferenceKind.PATH:
            self._local(_at(declared, reference), manifest, depth)
        elif reference is not None:
            self._problems.refuse(declared, *_refusal(reference))
        elif declared.name is not None and declared.ecosystem is Ecosystem.PYPI:
            requirement = declared.requirement()
            dependency = of_requirement(requirement)
            hashes = tuple(digest.lower() for digest in declared.hashes)
            where = str(declared.location)
            self.requirements.append(DirectRequirement(dependency, str(requirement), where, hashes))
            if index is not None:
                self.wishes.pin(declared.name, index, declared.location)

    def constrain(self, declared: Declared) -> None:
        """A constraint."""
        if declared.reference is not None or declared.name is None:
            self._problems.refuse(declared, "a constraint by URL or path", "state versions")
        elif declared.extras:
            self._problems.refuse(declared, "a constraint with extras", "remove the extras")
        elif declared.ecosystem is Ecosystem.PYPI and self._is_live(declared.marker or ""):
            hashes = tuple(digest.lower() for digest in declared.hashes)
            text, where = str(declared.requirement()), str(declared.location)
            self.constraints.append(Constraint(declared.name, declared.specifier, text, where, hashes))

    def constrain_to(self, pin: Pin) -> None:
        """A pin of a lock as a constraint."""
        if pin.version is not None and pin.reference is None and self._is_live(pin.marker or ""):
            specifiers = f"=={pin.version}"
            where = str(pin.location)
            self.constraints.append(Constraint(pin.name, specifiers, f"{pin.name}{specifiers}", where))

    def override(self, declared: Declared) -> None:
        """An override."""
        if declared.reference is not None or declared.name is None:
            self._problems.refuse(declared, "an override by URL or path", _NAME_A_RELEASE)
            return
        where = str(declared.location)
        dependency = Dependency(declared.name, declared.extras, declared.specifier, override=where)
        is_live = self._is_live(declared.marker or "")
        text = str(declared.requirement())
        self._overrides.append(Override(dependency, declared.dependent, is_live, text))

    def _source(self, declared: Declared, manifest: Manifest) -> tuple[DirectReference | None, str | None]:
        """Where the manifest says that a project comes from: a place of its own, or an index by name."""
        if declared.reference is None:
            for source in manifest.sources:
                if (
                    source.name == declared.name
                    and source.group in (MAIN, declared.group)
                    and self._is_live(source.marker or "")
                ):
                    return source.reference, source.index
        return declared.reference, declared.index

    def _local(self, declared: Declared, manifest: Manifest, depth: int) -> None:
        found = self._projects.dependencies(declared, manifest.format, depth)
        if found is not None:
            project, asked = found
            self.belongs_to(project)
            for inner in asked:
                self.require(inner, project, depth + 1)


def _at(declared: Declared, reference: DirectReference) -> Declared:
    import msgspec

    return msgspec.structs.replace(declared, reference=reference)


def _shown(declared: Declared) -> str:
    if declared.name is None or declared.ecosystem is not Ecosystem.PYPI or declared.reference is not None:
        return without_credentials(declared.text)
    return str(declared.requirement())


def _refusal(reference: DirectReference) -> tuple[str, str]:
    """Reason and remedy."""
    match reference.kind:
        case ReferenceKind.VCS:
            return f"a repository of {reference.vcs}", _NAME_A_RELEASE
        case ReferenceKind.WORKSPACE:
            return "a member of a workspace", "name its folder: -r FOLDER/pyproject.toml"
        case ReferenceKind.URL | ReferenceKind.PATH:
            return "a URL", _NAME_A_RELEASE
