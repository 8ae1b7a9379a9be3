"""Projects in directories of this machine: what they depend on, as far as it is stated and not computed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from analyzers.manifests.declared import Declared, Format, GroupKind, Manifest
from analyzers.manifests.discovery import read_manifest
from analyzers.manifests.errors import MalformedManifestError, ManifestError
from resolver.asked.files import InputFiles
from resolver.asked.problems import Problems
from resolver.asked.selection import of_extras

_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
_DEPTH_LIMIT = 16
_LIMIT = 200
COMPUTED = (
    *("project.dependencies", "tool.setuptools.dynamic.dependencies"),
    *("install_requires", "setup()", "arguments of setup()"),
)
"""What unknowns of a manifest call dependencies that its build computes."""


class LocalProjects:
    """Reads each directory once per set of extras.

    Args:
        files: reads.
        environ: for ``${NAME}`` in files that a manifest includes.
        is_live: whether a marker holds on the target.
        problems: hears of directories that are no project.
    """

    def __init__(
        self,
        files: InputFiles,
        environ: Mapping[str, str],
        is_live: Callable[[str], bool],
        problems: Problems,
    ) -> None:
        self._files, self._environ, self._is_live, self._problems = files, environ, is_live, problems
        self._read: set[tuple[str, tuple[str, ...]]] = set()

    def dependencies(
        self, declared: Declared, manifest_format: Format, depth: int
    ) -> tuple[Manifest, list[Declared]] | None:
        """The manifest of the directory that a statement names, and what it asks for; None where none is.

        A directory that was read before asks for nothing more.
        """
        folder = self._folder(declared, manifest_format)
        if folder is None:
            return None
        key = (folder, declared.extras)
        if key in self._read:
            return None
        if depth > _DEPTH_LIMIT or len(self._read) >= _LIMIT:
            self._problems.refuse(declared, "too many local projects ask for one another", "name fewer")
            return None
        self._read.add(key)
        manifest = self._manifest(declared, folder)
        return None if manifest is None else (manifest, of_extras(manifest, declared.extras, self._is_live))

    def _folder(self, declared: Declared, manifest_format: Format) -> str | None:
        """Relative to the working directory in requirements files, as pip has it, else to the manifest."""
        assert declared.reference is not None
        target = declared.reference.target
        beside = posixpath.join(posixpath.dirname(declared.location.path), target)
        choices = [target, beside] if manifest_format is Format.REQUIREMENTS else [beside]
        for path in choices:
            if self._files.is_directory(path):
                return posixpath.normpath(posixpath.join(path, declared.reference.subdirectory or ""))
        if any(map(self._files.is_file, choices)):
            remedy = "name its folder by --find-links and require NAME==VERSION"
            self._problems.refuse(declared, "a single file", remedy)
        else:
            self._problems.refuse(declared, "there is no such directory", "correct the path")
        return None

    def _manifest(self, declared: Declared, folder: str) -> Manifest | None:
        for name in _MANIFESTS:
            path = posixpath.join(folder, name)
            if not self._files.is_file(path):
                continue
            try:
                manifest = read_manifest(self._files.read, path, environ=self._environ)
            except ManifestError as error:
                self._problems.of(error)
                if not isinstance(error, MalformedManifestError):
                    return None
                manifest = error.readable
            if manifest.project is None and all(d.group.kind is GroupKind.BUILD for d in manifest.declared):
                continue
            computed = [unknown for unknown in manifest.unknowns if unknown.what in COMPUTED]
            if computed:
                reason = f"the dependencies of this project are not stated ({computed[0].where})"
                self._problems.refuse(declared, reason, "state them in [project] dependencies")
                return None
            return manifest
        remedy = f"it needs one of: {', '.join(_MANIFESTS)}; of a requirements file in it write -r FILE"
        self._problems.refuse(declared, "the directory is no project with stated dependencies", remedy)
        return None
