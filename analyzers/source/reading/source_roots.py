"""Folders that packaging and test tools put on Python's path, as ``pyproject.toml`` and ``setup.cfg`` say.

Source: https://setuptools.pypa.io/en/latest/userguide/package_discovery.html and the pages on packages of
poetry, pdm, hatch, maturin and uv.
"""

from __future__ import annotations

import configparser
import posixpath
import tomllib
from collections.abc import Iterator, Mapping

_LIMIT_BYTES = 1 << 20
_LIMIT_ROOTS = 100


def source_roots(manifests: Mapping[str, bytes]) -> tuple[str, ...]:
    """Source roots relative to the root of the tree, in the order stated; what cannot be read states none.

    Args:
        manifests: content of every ``pyproject.toml`` and ``setup.cfg``, by path.
    """
    found: list[str] = []
    for path, data in manifests.items():
        project, _, name = path.rpartition("/")
        stated = _in_pyproject(data) if name == "pyproject.toml" else _in_setup_cfg(data)
        for folder in stated:
            root = posixpath.normpath(posixpath.join(project, folder))
            if not root.startswith(("..", "/")):
                found.append("" if root == "." else root)
    return tuple(dict.fromkeys(found))[:_LIMIT_ROOTS]


def _in_pyproject(data: bytes) -> Iterator[str]:
    try:
        document = tomllib.loads(data[:_LIMIT_BYTES].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return
    tool = _at(document, "tool")
    yield from _texts(_at(tool, "setuptools", "package-dir", ""))
    yield from _texts(_at(tool, "setuptools", "packages", "find", "where"))
    packages = _at(tool, "poetry", "packages")
    for package in packages if isinstance(packages, list) else ():
        yield from _texts(_at(package, "from"))
    yield from _texts(_at(tool, "pdm", "build", "package-dir"))
    yield from _texts(_at(tool, "maturin", "python-source"))
    yield from _texts(_at(tool, "uv", "build-backend", "module-root"))
    for target in (("build",), ("build", "targets", "wheel")):
        yield from _texts(_at(tool, "hatch", *target, "sources"))
        for package in _texts(_at(tool, "hatch", *target, "packages")):
            yield posixpath.dirname(package.rstrip("/"))
    yield from _texts(_at(tool, "pytest", "ini_options", "pythonpath"))


def _in_setup_cfg(data: bytes) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(data[:_LIMIT_BYTES].decode("utf-8", "replace"))
    except (configparser.Error, ValueError):
        return
    for line in parser.get("options", "package_dir", fallback="").splitlines():
        package, equals, folder = line.partition("=")
        if equals and not package.strip():
            yield folder.strip()
    yield from parser.get("options.packages.find", "where", fallback="").split()
    yield from parser.get("tool:pytest", "pythonpath", fallback="").split()


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _texts(value: object) -> Iterator[str]:
    for text in value if isinstance(value, list) else (value,):
        if isinstance(text, str) and "\0" not in text:
            yield text
