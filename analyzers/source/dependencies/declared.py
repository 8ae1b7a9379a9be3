"""What a project declares, over all its manifests: `Dependency` per distribution, with its purposes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from packaging.utils import canonicalize_name

from analyzers.evidence import Location
from analyzers.manifests.declared import (
    Declared,
    DeclaredKind,
    Ecosystem,
    Format,
    GroupKind,
    Manifest,
    ReferenceKind,
)
from analyzers.reports import Unknown
from analyzers.source.settings import ScanSettings

_MANIFESTS_OF_PROJECTS = (Format.PYPROJECT, Format.SETUP_CFG, Format.SETUP_PY)
_DEVELOPMENT_WORDS = frozenset(
    {
        *("bench", "benchmark", "benchmarks", "ci", "coverage", "dev", "devel", "develop", "development"),
        *("doc", "docs", "documentation", "format", "formatting", "lint", "linting", "local", "mypy", "qa"),
        *("quality", "style", "test", "testing", "tests", "tox", "typecheck", "types", "typing"),
    }
)
_FOLDERS_APART = frozenset({"bench", "benchmark", "benchmarks", "doc", "docs", "test", "testing", "tests"})
_COMPUTED = frozenset({"arguments of setup()", "install_requires", "project.dependencies", "setup()"})
_WORDS = re.compile(r"[^A-Za-z0-9]+")
_CONDA_NAMES: Mapping[str, str] = {
    "dask-core": "dask",
    "faiss": "faiss-cpu",
    "google-cloud-bigquery-core": "google-cloud-bigquery",
    "graphviz": "",
    "importlib_metadata": "importlib-metadata",
    "importlib_resources": "importlib-resources",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "numpy-base": "numpy",
    "opencv": "opencv-python",
    "postgresql": "",
    "py-lightgbm": "lightgbm",
    "py-opencv": "opencv-python",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyqt": "pyqt5",
    "pytables": "tables",
    "python": "",
    "python-graphviz": "graphviz",
    "python-kaleido": "kaleido",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-cuda": "",
    "pytorch-gpu": "torch",
    "redis": "",
    "redis-py": "redis",
    "ruamel_yaml": "ruamel-yaml",
    "seaborn-base": "seaborn",
    "snappy": "",
    "tensorflow-base": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "typing_extensions": "typing-extensions",
    "libopencv": "",
}
"""Conda packages whose Python distribution has another name; empty for those that hold no Python."""


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One statement and what it is for.

    Attributes:
        runtime: whoever uses the project has it, or may ask for it by an extra.
        development: it serves those who work on the project, or a test environment.
        build: it is there when the project is built.
        image: a container image installs it.
    """

    declared: Declared
    runtime: bool = False
    development: bool = False
    build: bool = False
    image: bool = False

    @property
    def location(self) -> Location:
        """Where it stands."""
        return self.declared.location


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that is declared.

    Attributes:
        name: normalised; for a conda package that of the distribution within.
        declarations: those for run time first, then in the order of the manifests.
    """

    name: str
    declarations: tuple[Declaration, ...]

    @property
    def runtime(self) -> bool:
        """It is declared for run time somewhere."""
        return any(one.runtime for one in self.declarations)

    @property
    def development(self) -> bool:
        """It is declared for development somewhere."""
        return any(one.development for one in self.declarations)

    @property
    def reported(self) -> tuple[Declaration, ...]:
        """The declarations that could be taken away if nothing used it."""
        return tuple(one for one in self.declarations if one.runtime or one.development)

    @property
    def is_conda(self) -> bool:
        """Only conda environments declare it."""
        return all(one.declared.ecosystem is Ecosystem.CONDA for one in self.declarations)


class Dependencies(msgspec.Struct, frozen=True, kw_only=True):
    """All that a project declares.

    Attributes:
        by_name: normalised name to dependency.
        own: normalised names of the project itself and of others in its repository.
        locked: what its locks pin.
        unknown: what the manifests leave to be computed, so that more may be declared than is known.
        is_stated: whether there is any manifest.
    """

    by_name: Mapping[str, Dependency]
    own: frozenset[str]
    locked: frozenset[str]
    unknown: tuple[Unknown, ...] = ()
    is_stated: bool = True


def dependencies(manifests: Sequence[Manifest], settings: ScanSettings | None = None) -> Dependencies:
    """What manifests declare together."""
    settings = settings or ScanSettings()
    compiled = _compiled(manifests)
    own = frozenset(
        canonicalize_name(one.project.name)
        for one in manifests
        if one.project and one.project.name and one.format is not Format.CONDA and not _lies_apart(one.path)
    )
    found: dict[str, list[Declaration]] = {}
    pins = (pin for one in manifests for pin in one.pins)
    locked = {name for pin in pins if (name := _of_ecosystem(pin.name, pin.ecosystem))}
    for manifest in manifests:
        if manifest.path in compiled:
            locked.update(one.name for one in manifest.declared if one.name)
            continue
        for declared in manifest.declared:
            name = _name(declared)
            if declared.location.path in compiled:  # included, as tox does with `-r`
                locked.update({name} if name else ())
            elif name and name not in own and declared.kind is DeclaredKind.REQUIREMENT:
                declaration = _declaration(declared, manifest.format, settings)
                if declaration not in (known := found.setdefault(name, [])):
                    known.append(declaration)
    return Dependencies(
        by_name={
            name: Dependency(name=name, declarations=tuple(sorted(each, key=lambda one: not one.runtime)))
            for name, each in found.items()
        },
        own=own,
        locked=frozenset(locked),
        unknown=tuple(
            each
            for one in manifests
            if one.format in _MANIFESTS_OF_PROJECTS and not _lies_apart(one.path)
            for each in one.unknowns
            if each.what in _COMPUTED
        ),
        is_stated=bool(manifests),
    )


def _name(declared: Declared) -> str | None:
    if declared.reference and declared.reference.kind is ReferenceKind.PATH and declared.name is None:
        return None
    return None if declared.name is None else _of_ecosystem(declared.name, declared.ecosystem)


def _of_ecosystem(name: str, ecosystem: Ecosystem) -> str | None:
    """The distribution that a name means; None for conda packages that hold none."""
    if ecosystem is not Ecosystem.CONDA:
        return name
    return _CONDA_NAMES.get(name, canonicalize_name(name)) or None


def _declaration(declared: Declared, form: Format, settings: ScanSettings) -> Declaration:
    group = declared.group
    match group.kind:
        case GroupKind.BUILD:
            return Declaration(declared=declared, build=True)
        case GroupKind.EXTRA:
            development = group.name in settings.development_extras
        case GroupKind.DEPENDENCY_GROUP:
            development = group.name not in settings.runtime_groups
        case GroupKind.ENVIRONMENT if form is Format.CONTAINERFILE:
            return Declaration(declared=declared, image=True)
        case GroupKind.ENVIRONMENT:
            development = True
        case GroupKind.MAIN:
            path = declared.location.path
            development = form in (Format.REQUIREMENTS, Format.CONDA) and _is_for_development(path)
    development = development or _lies_apart(declared.location.path)
    return Declaration(declared=declared, runtime=not development, development=development)


def _is_for_development(path: str) -> bool:
    """Whether a file's name, or the folder's that it lies in, says so, as in ``requirements/test.txt``."""
    folder, name = posixpath.split(path)
    words = (*_WORDS.split(posixpath.splitext(name)[0]), posixpath.basename(folder))
    return any(word.lower() in _DEVELOPMENT_WORDS for word in words)


def _lies_apart(path: str) -> bool:
    """Whether a manifest lies among tests or documentation: what it declares is for them, or a sample."""
    return any(folder.lower() in _FOLDERS_APART for folder in path.split("/")[:-1])


def _compiled(manifests: Iterable[Manifest]) -> frozenset[str]:
    """Requirements files that are locks: made from a file of the same name, or pinning what stands beside.

    A file from ``pip-compile`` lists what the project depends on through others, too; those are no
    declarations.
    """
    manifests = tuple(manifests)
    paths = {one.path for one in manifests}
    sources: dict[str, set[str]] = {}
    for one in manifests:
        if one.format in _MANIFESTS_OF_PROJECTS:
            names = {each.name for each in one.declared if each.name and each.group.kind is GroupKind.MAIN}
            sources.setdefault(posixpath.dirname(one.path), set()).update(names)
    found = set()
    for one in manifests:
        if one.format is not Format.REQUIREMENTS or not one.path.endswith(".txt"):
            continue
        beside = sources.get(posixpath.dirname(one.path))
        if one.path.removesuffix(".txt") + ".in" in paths or (
            beside and _pins_all(one) and beside < {each.name for each in one.declared}
        ):
            found.add(one.path)
    return frozenset(found)


def _pins_all(manifest: Manifest) -> bool:
    return all(
        each.specifier.startswith("==") and "*" not in each.specifier and "," not in each.specifier
        for each in manifest.declared
    )
