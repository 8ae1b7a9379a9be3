"""Versions: what code computes of them, so that it is known which branch a stack takes."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from analyzers.importing.values import UNKNOWN, Class, External, Function, Sequence, Value

_MODULE = "packaging.version"
_LIBRARY = frozenset({"distutils.version.LooseVersion", "distutils.version.StrictVersion"})
_TEXTS = frozenset({"base_version", "public", "local"})
_PLAIN = frozenset({"major", "minor", "micro", "is_prerelease", "is_postrelease", "is_devrelease", "epoch"})


def makes_version(function: Value) -> bool:
    """Whether a call makes a version of a text, as in ``packaging``, also vendored, or ``distutils``."""
    if isinstance(function, External):
        return function.name in _LIBRARY and not function.is_made
    if not isinstance(function, Class | Function) or function.name not in ("Version", "parse"):
        return False
    return f".{function.module.name}".endswith(f".{_MODULE}")


def made_version(args: list[Value]) -> Value:
    """The version that a text states; `UNKNOWN` for what is no text, or none that all would read alike."""
    match args:
        case [str() as text] if len(text) < 200:
            try:
                return Version(text)
            except InvalidVersion:
                return UNKNOWN
        case [Version() as version]:
            return version
    return UNKNOWN


def version_attribute(version: Version, name: str) -> Value:
    """``version.name``."""
    if name in _PLAIN or name in _TEXTS:
        return getattr(version, name)
    return Sequence("tuple", version.release) if name == "release" else UNKNOWN
