"""What a manifest or lock says: `Manifest` with `Declared` requirements, pins, indexes and what is unknown.

The records hold what is written and where; whether something can be resolved is decided elsewhere. URLs are
kept as written, credentials included, because an index must be asked with them: who prints a record passes
them through `references.without_credentials` first.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import msgspec

from analyzers.evidence import Location
from analyzers.reports import Unknown

if TYPE_CHECKING:
    from packaging.requirements import Requirement


class Format(enum.StrEnum):
    """The formats that are understood."""

    REQUIREMENTS = "requirements"
    PYPROJECT = "pyproject.toml"
    SCRIPT = "script"
    PIPFILE = "Pipfile"
    PIPFILE_LOCK = "Pipfile.lock"
    PYLOCK = "pylock.toml"
    UV_LOCK = "uv.lock"
    POETRY_LOCK = "poetry.lock"
    PDM_LOCK = "pdm.lock"
    PIXI = "pixi.toml"
    PIXI_LOCK = "pixi.lock"
    CONDA_LOCK = "conda-lock.yml"
    HATCH = "hatch.toml"
    SETUP_CFG = "setup.cfg"
    SETUP_PY = "setup.py"
    CONDA = "environment.yml"
    TOX = "tox.ini"
    NOX = "noxfile.py"
    CONTAINERFILE = "Containerfile"
    NOTEBOOK = "notebook"


class GroupKind(enum.StrEnum):
    """When a requirement counts: always, or with what a user asks for."""

    MAIN = "main"
    EXTRA = "extra"
    DEPENDENCY_GROUP = "dependency-group"
    BUILD = "build"
    ENVIRONMENT = "environment"


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """The set that a requirement belongs to; extras and dependency groups are named normalised."""

    kind: GroupKind = GroupKind.MAIN
    name: str = "main"


MAIN = Group()
BUILD = Group(GroupKind.BUILD, "build")


class DeclaredKind(enum.StrEnum):
    """What a line asks for: a project, a limit on one, or the replacement of what others ask for."""

    REQUIREMENT = "requirement"
    CONSTRAINT = "constraint"
    OVERRIDE = "override"


class Ecosystem(enum.StrEnum):
    """Whose names are meant."""

    PYPI = "pypi"
    CONDA = "conda"


class ReferenceKind(enum.StrEnum):
    """What a direct reference names."""

    VCS = "vcs"
    URL = "url"
    PATH = "path"
    WORKSPACE = "workspace"


class DirectReference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place that a project is taken from instead of an index.

    Attributes:
        target: URL without the ``git+`` prefix, revision and fragment, or a path as written.
        vcs: ``git``, ``hg``, ``svn`` or ``bzr``.
        revision: branch, tag or commit, as written.
    """

    kind: ReferenceKind
    target: str
    vcs: str | None = None
    revision: str | None = None
    subdirectory: str | None = None


class Declared(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement about a project.

    Attributes:
        name: normalised; None where a path or URL does not tell.
        extras: normalised and sorted.
        specifier: PEP 440 (for conda names: as written); empty for any release.
        marker: PEP 508, in the canonical form.
        text: what is written, continuations joined, without comment and options.
        index: name of the one index that the project may come from.
        hashes: ``algorithm:hex``.
        settings: configuration settings for a build, ``key=value``.
        dependent: for an override, the one project (normalised) whose dependency it replaces; None where it
            replaces that of every project.
    """

    name: str | None
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str | None = None
    reference: DirectReference | None = None
    text: str
    location: Location
    group: Group = MAIN
    kind: DeclaredKind = DeclaredKind.REQUIREMENT
    ecosystem: Ecosystem = Ecosystem.PYPI
    hashes: tuple[str, ...] = ()
    editable: bool = False
    index: str | None = None
    settings: tuple[str, ...] = ()
    dependent: str | None = None

    def requirement(self) -> Requirement:
        """The PEP 508 requirement without its direct reference.

        Raises:
            ValueError: it has no name, or it is not one of the Python index's ecosystem.
        """
        from packaging.requirements import Requirement

        if self.name is None or self.ecosystem is not Ecosystem.PYPI:
            raise ValueError(f"{self.location}: {self.text!r} names no project of the Python index")
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return Requirement(f"{self.name}{extras}{self.specifier}{marker}")


class Pin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One release that a lock chose.

    Attributes:
        name: normalised.
        version: normalised; None where a direct reference was locked without one, and for conda packages.
        hashes: ``algorithm:hex`` of its files.
        marker: where it holds; a lock may pin a project more than once under different markers.
    """

    name: str
    version: str | None
    location: Location
    hashes: tuple[str, ...] = ()
    marker: str | None = None
    index: str | None = None
    reference: DirectReference | None = None
    ecosystem: Ecosystem = Ecosystem.PYPI


class IndexKind(enum.StrEnum):
    """The part an index plays: instead of the default one, beside it, or a flat page of files."""

    DEFAULT = "default"
    EXTRA = "extra"
    FIND_LINKS = "find-links"


class Index(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An index that a manifest names.

    Attributes:
        url: as written, with credentials; for FIND_LINKS it may be a path.
        explicit: serves only the projects that are assigned to it.
    """

    url: str
    location: Location
    name: str | None = None
    kind: IndexKind = IndexKind.EXTRA
    explicit: bool = False


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a project comes from wherever a marker and a group hold (``[tool.uv.sources]`` and its like)."""

    name: str
    location: Location
    index: str | None = None
    reference: DirectReference | None = None
    editable: bool = False
    marker: str | None = None
    group: Group = MAIN


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Wishes about the choice of files; formats are names, ``:all:`` or ``:none:``, in the order written."""

    no_index: bool = False
    pre: bool = False
    prefer_binary: bool = False
    require_hashes: bool = False
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()


class Project(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The project that a manifest belongs to; None for what is dynamic or not said."""

    name: str | None = None
    version: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file and those it includes.

    Attributes:
        path: as the caller named it.
        requires_python: PEP 440.
        groups: the extras and dependency groups that are defined, those without requirements too.
        unknowns: what could not be read or has no static value.
    """

    path: str
    format: Format
    project: Project | None = None
    requires_python: str | None = None
    groups: tuple[Group, ...] = ()
    declared: tuple[Declared, ...] = ()
    pins: tuple[Pin, ...] = ()
    indexes: tuple[Index, ...] = ()
    sources: tuple[Source, ...] = ()
    options: Options = Options()
    unknowns: tuple[Unknown, ...] = ()
