"""Which format a file has, by its name and content, and the parser for it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from analyzers.files import FileReaderError
from analyzers.manifests.declared import DeclaredKind, Format, Manifest
from analyzers.manifests.errors import UnknownFormatError, UnreadableManifestError
from analyzers.manifests.reading import ReadFile, reading

__all__ = ["manifest_format", "read_manifest", "reading"]

_NAMES = {
    "pyproject.toml": Format.PYPROJECT,
    "Pipfile": Format.PIPFILE,
    "Pipfile.lock": Format.PIPFILE_LOCK,
    "pylock.toml": Format.PYLOCK,
    "uv.lock": Format.UV_LOCK,
    "poetry.lock": Format.POETRY_LOCK,
    "pdm.lock": Format.PDM_LOCK,
    "pixi.toml": Format.PIXI,
    "pixi.lock": Format.PIXI_LOCK,
    "hatch.toml": Format.HATCH,
    "setup.cfg": Format.SETUP_CFG,
    "setup.py": Format.SETUP_PY,
    "tox.ini": Format.TOX,
    "tox.toml": Format.TOX,
    "noxfile.py": Format.NOX,
    "Dockerfile": Format.CONTAINERFILE,
    "Containerfile": Format.CONTAINERFILE,
}
_PATTERNS = (
    (re.compile(r"pylock\.[^.]+\.toml"), Format.PYLOCK),
    (
        re.compile(r"(?i)(?:.*[-_.])?(?:requirements?|reqs?|constraints?)(?:[-_.].*)?\.(?:txt|in)"),
        Format.REQUIREMENTS,
    ),
    (re.compile(r"(?:.*[-_.])?conda-lock\.ya?ml"), Format.CONDA_LOCK),
    (re.compile(r"(?i)(?:.*[-_.])?environment(?:[-_.].*)?\.ya?ml"), Format.CONDA),
    (
        re.compile(r"(?i)(?:Dockerfile|Containerfile)\..+|.+\.(?:dockerfile|containerfile)"),
        Format.CONTAINERFILE,
    ),
)
_IN_REQUIREMENTS_FOLDER = re.compile(r"(?i)(?:.*/)?requirements?/[^/]+\.(?:txt|in)")


def manifest_format(path: str) -> Format | None:
    """The format that a file's name tells; None for any other, also for scripts that may have metadata."""
    if found := _told_by(posixpath.basename(path)):
        return found
    return Format.REQUIREMENTS if _IN_REQUIREMENTS_FOLDER.fullmatch(path) else None


@lru_cache(1 << 12)
def _told_by(name: str) -> Format | None:
    """The format that a name tells in whatever folder; most names of a tree stand in many of its folders."""
    if found := _NAMES.get(name):
        return found
    return next((found for pattern, found in _PATTERNS if pattern.fullmatch(name)), None)


def read_manifest(
    read: ReadFile,
    path: str,
    *,
    environ: Mapping[str, str] | None = None,
    kind: DeclaredKind = DeclaredKind.REQUIREMENT,
    as_format: Format | None = None,
) -> Manifest:
    """Reads a manifest or lock of any of the formats.

    Args:
        read: gives files by their path; `reading` makes one from a `FileReader`.
        path: the file; its name tells the format, else its content does.
        environ: for ``${NAME}`` in requirements files.
        kind: CONSTRAINT where a requirements file is given as constraints.
        as_format: overrules name and content.

    Raises:
        UnknownFormatError: neither name nor content tells the format.
        UnreadableManifestError: the file cannot be read.
        ManifestError: it is not accepted; a `MalformedManifestError` still has what is readable.
    """
    try:
        data = read(path)
    except FileReaderError as error:
        raise UnreadableManifestError(path, f"cannot be read: {error.reason}", "correct the path") from error
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise UnreadableManifestError(path, reason, "correct the path") from error
    chosen = as_format or manifest_format(path) or _format_of_content(path, data)
    if chosen is Format.REQUIREMENTS:
        from analyzers.manifests.requirements import parse_requirements

        return parse_requirements(data, path, read=read, environ=environ, kind=kind)
    if including := _including_parser(chosen, path):
        return including(data, path, read=read, environ=environ)
    return _parser(chosen)(data, path)


def _format_of_content(path: str, data: bytes) -> Format:
    """Scripts are told by their metadata block, notebooks by their name; other texts are requirements."""
    name = posixpath.basename(path)
    if b"# /// script" in data and not name.endswith((".txt", ".in")):
        return Format.SCRIPT
    suffix = posixpath.splitext(name)[1]
    if suffix == ".ipynb":
        return Format.NOTEBOOK
    if suffix == ".py":
        raise UnknownFormatError(path, "is a script without metadata (PEP 723)")
    if suffix in ("", ".txt", ".in", ".lst", ".pip"):
        return Format.REQUIREMENTS
    raise UnknownFormatError(path)


class _IncludingParser(Protocol):
    """A parser of a format that can name requirements files."""

    def __call__(
        self, data: bytes, path: str, *, read: ReadFile | None, environ: Mapping[str, str] | None
    ) -> Manifest: ...


# Each parser is imported when a file asks for it: a run reads one or two formats.


def _including_parser(chosen: Format, path: str) -> _IncludingParser | None:
    match chosen:
        case Format.PYPROJECT:
            from analyzers.manifests.pyproject import parse_pyproject

            return parse_pyproject
        case Format.SETUP_CFG:
            from analyzers.manifests.setup_cfg import parse_setup_cfg

            return parse_setup_cfg
        case Format.TOX if path.endswith(".toml"):
            from analyzers.manifests.tools.tox import parse_tox_toml

            return parse_tox_toml
        case Format.TOX:
            from analyzers.manifests.tox_ini import parse_tox_ini

            return parse_tox_ini
        case Format.NOX:
            from analyzers.manifests.installs.noxfile import parse_noxfile

            return parse_noxfile
        case Format.CONDA:
            from analyzers.manifests.conda_environment import parse_conda_environment

            return parse_conda_environment
        case Format.CONTAINERFILE:
            from analyzers.manifests.installs.containerfile import parse_containerfile

            return parse_containerfile
    return None


def _parser(chosen: Format) -> Callable[[bytes, str], Manifest]:
    match chosen:
        case Format.PIPFILE:
            from analyzers.manifests.pipfile import parse_pipfile

            return parse_pipfile
        case Format.PIPFILE_LOCK:
            from analyzers.manifests.locks.pipfile_lock import parse_pipfile_lock

            return parse_pipfile_lock
        case Format.SCRIPT:
            from analyzers.manifests.script import parse_script

            return parse_script
        case Format.NOTEBOOK:
            from analyzers.manifests.installs.notebook import parse_notebook

            return parse_notebook
        case Format.PIXI:
            from analyzers.manifests.tools.pixi import parse_pixi

            return parse_pixi
        case Format.HATCH:
            from analyzers.manifests.tools.hatch import parse_hatch

            return parse_hatch
        case Format.SETUP_PY:
            from analyzers.manifests.setup_py import parse_setup_py

            return parse_setup_py
        case Format.PYLOCK:
            from analyzers.manifests.locks.pylock import parse_pylock

            return parse_pylock
    return _lock_parser(chosen)


def _lock_parser(chosen: Format) -> Callable[[bytes, str], Manifest]:
    from analyzers.manifests.locks import conda_locks, tool_locks

    match chosen:
        case Format.PIXI_LOCK:
            return conda_locks.parse_pixi_lock
        case Format.CONDA_LOCK:
            return conda_locks.parse_conda_lock
        case Format.UV_LOCK:
            return tool_locks.parse_uv_lock
        case Format.POETRY_LOCK:
            return tool_locks.parse_poetry_lock
        case Format.PDM_LOCK:
            return tool_locks.parse_pdm_lock
    raise AssertionError(f"no parser for {chosen}")
