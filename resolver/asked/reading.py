"""Reads everything that a user asks for: what is wrong is told at once, and nothing is asked of an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from analyzers.evidence import Location
from analyzers.manifests.declared import DeclaredKind, Ecosystem, Format, Manifest
from analyzers.manifests.discovery import manifest_format, read_manifest
from analyzers.manifests.draft import Draft
from analyzers.manifests.errors import (
    MalformedManifestError,
    ManifestError,
    UnknownFormatError,
)
from resolver.asked.asked import Asked
from resolver.asked.files import InputFiles
from resolver.asked.preferences import lock_of, preferences_of
from resolver.asked.problems import Problems
from resolver.asked.selection import Selection
from resolver.asked.statements import Statements
from resolver.asked.wishes import Wishes
from resolver.errors import InputError
from resolver.targets.target import PythonFit, Target

_PYPROJECT = "pyproject.toml"
_LOCKS = (
    *(Format.PYLOCK, Format.PIPFILE_LOCK, Format.UV_LOCK, Format.POETRY_LOCK, Format.PDM_LOCK),
    *(Format.PIXI_LOCK, Format.CONDA_LOCK),
)


def read_asked(wishes: Wishes, files: InputFiles, target: Target, environ: Mapping[str, str]) -> Asked:
    """What the wishes come to on a target.

    Args:
        files: reads.
        environ: for ``${NAME}`` in requirements files.

    Raises:
        InputError: nothing is asked for, an extra or group does not exist, or a project excludes the target.
        ManifestError: files cannot be read, or hold what is not accepted.
    """
    return _Reading(wishes, files, target, environ).asked()


class _Reading:
    def __init__(self, wishes: Wishes, files: InputFiles, target: Target, environ: Mapping[str, str]) -> None:
        self._wishes, self._files, self._target, self._environ = wishes, files, target, environ
        self._problems = Problems()
        self._selection = Selection(wishes.extras, wishes.groups, wishes.all_extras, target.is_live)
        self._statements = Statements(files, environ, target.is_live, self._problems)
        self._notes: list[str] = []
        self._manifests: list[Manifest] = []
        self._pipfile: bytes | None = None

    def asked(self) -> Asked:
        wishes, statements = self._wishes, self._statements
        self._read_texts()
        for name in wishes.files:
            self._read_requirements(self._files.named(name))
        if not wishes.texts and not wishes.files:
            self._read_default()
        for name in wishes.constraints:
            self._read_constraints(self._files.named(name))
        self._read_overrides()
        manifests = [self._manifest(self._files.named(name)) for name in wishes.preferences]
        manifests += [self._existing()]
        self._problems.raise_if_any()
        self._selection.check()
        if not statements.requirements and not statements.notes:
            remedy = "name requirements, such as: stackwright advise flask, or a file with -r FILE"
            where = f": {', '.join(wishes.files)} states no requirement" if wishes.files else ""
            raise InputError(f"there is nothing to advise on{where}", remedy)
        self._check_python()
        found = [lock_of(manifest, self._target.is_live) for manifest in manifests if manifest is not None]
        locks = {lock.path: lock for lock in found if lock.pins}
        return Asked(
            requirements=tuple(statements.requirements),
            constraints=tuple(statements.constraints),
            overrides=statements.overrides(),
            preferences={} if wishes.upgrade_all else preferences_of(locks.values(), wishes.upgrade),
            locks=tuple(locks.values()),
            wishes=statements.wishes.finish(),
            files=self._files.digests(),
            pipfile=self._pipfile,
            projects=frozenset(statements.projects),
            notes=(*self._notes, *statements.notes, *statements.wishes.notes),
            unknowns=tuple(unknown for manifest in self._manifests for unknown in manifest.unknowns),
        )

    def _read_texts(self) -> None:
        draft = Draft("command line", Format.REQUIREMENTS)
        here = Location(path=draft.path)
        for text in self._wishes.texts:
            if _is_named_like_a_file(text) and self._files.is_file(text):
                self._problems.add(here, text, "a file, where a requirement is expected", f"write -r {text}")
            else:
                draft.require(text, here)
        manifest = self._finished(draft)
        for declared in manifest.declared:
            self._statements.require(declared, manifest)

    def _read_default(self) -> None:
        from resolver.asked.found import found_manifests

        found = found_manifests(self._files.place(""), with_groups=not self._selection.is_empty)
        manifest = None if found.chosen is None else self._manifest(found.chosen)
        if manifest is not None:
            self._notes.append(f"no requirements were named: those of {found.chosen} are meant")
            self._take(manifest)

    def _read_requirements(self, path: str) -> None:
        manifest = self._manifest(path)
        if manifest is None:
            return
        if manifest.format in _LOCKS:
            remedy = f"to keep what it pins: --prefer {path}"
            self._problems.add(Location(path=path), "", "a lock states no requirements", remedy)
            return
        self._take(manifest)

    def _take(self, manifest: Manifest) -> None:
        if manifest.format is Format.PIPFILE:
            self._pipfile = self._files.read(manifest.path)
        self._manifests.append(manifest)
        self._statements.belongs_to(manifest)
        self._statements.wishes.add(manifest)
        self._statements.check_stated(manifest)
        foreign = [d.name for d in manifest.declared if d.ecosystem is Ecosystem.CONDA]
        if foreign:
            names = ", ".join(filter(None, foreign[:5])) + (", …" if len(foreign) > 5 else "")
            self._notes.append(f"{manifest.path}: packages of conda are left out: {names}")
        for declared in self._selection.of(manifest):
            self._statements.require(declared, manifest)
        for declared in manifest.declared:
            if declared.kind is DeclaredKind.CONSTRAINT:
                self._statements.constrain(declared)
            elif declared.kind is DeclaredKind.OVERRIDE:
                self._statements.override(declared)

    def _read_constraints(self, path: str) -> None:
        manifest = self._manifest(path, DeclaredKind.CONSTRAINT)
        if manifest is None:
            return
        self._statements.wishes.add(manifest)
        if manifest.format in _LOCKS:
            for pin in manifest.pins:
                self._statements.constrain_to(pin)
        elif manifest.format is Format.REQUIREMENTS:
            for declared in manifest.declared:
                self._statements.constrain(declared)
        else:
            remedy = "give a requirements file or a lock"
            self._problems.add(Location(path=path), "", "is no file of constraints", remedy)

    def _read_overrides(self) -> None:
        if self._wishes.overrides:
            from analyzers.manifests.overrides import parse_overrides

            for path in map(self._files.named, self._wishes.overrides):
                self._override(path, partial(parse_overrides, environ=self._environ))
        if not any(manifest.path == _PYPROJECT for manifest in self._manifests):
            content = self._files.peek(_PYPROJECT)
            if b"stackwright" in content and b"overrides" in content:
                from analyzers.manifests.tools.stackwright import parse_settings

                self._override(_PYPROJECT, parse_settings)

    def _override(self, path: str, parse: Callable[[bytes, str], Manifest]) -> None:
        try:
            manifest = parse(self._files.read(path), path)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            self._problems.add(Location(path=path), "", reason, "correct the path")
        except ManifestError as error:
            self._problems.of(error)
        else:
            for declared in manifest.declared:
                self._statements.override(declared)

    def _existing(self) -> Manifest | None:
        """The lock that the result will replace; one that cannot be read is no mistake."""
        path = self._wishes.existing
        if path is None or not self._files.is_file(path):
            return None
        try:
            lock = read_manifest(self._files.read, path, environ=self._environ)
        except UnknownFormatError:
            return None
        except ManifestError as error:
            if not self._wishes.upgrade_all:
                self._notes.append(f"nothing is kept of the present file: {error.problems[0]}")
            return None
        if not self._wishes.upgrade_all and lock_of(lock, self._target.is_live).pins:
            self._notes.append(f"what {path} pins is kept while it fits (--upgrade looks for newer releases)")
        return lock

    def _manifest(self, path: str, kind: DeclaredKind = DeclaredKind.REQUIREMENT) -> Manifest | None:
        """What can be read of a file; None where nothing can."""
        try:
            return read_manifest(self._files.read, path, environ=self._environ, kind=kind)
        except MalformedManifestError as error:
            self._problems.of(error)
            return error.readable
        except ManifestError as error:
            self._problems.of(error)
            return None

    def _finished(self, draft: Draft) -> Manifest:
        try:
            return draft.finish()
        except MalformedManifestError as error:
            self._problems.of(error)
            return error.readable

    def _check_python(self) -> None:
        for manifest in self._manifests:
            python = manifest.requires_python
            told = f"{manifest.path} asks for Python {python}; the target has {self._target.python}"
            match self._target.python_fit(python):
                case PythonFit.REFUSED:
                    raise InputError(told, "choose another one with --python-version")
                case PythonFit.CAPPED:
                    self._notes.append(told)


def _is_named_like_a_file(text: str) -> bool:
    return manifest_format(text) is not None or text.endswith((".txt", ".in", ".toml"))
