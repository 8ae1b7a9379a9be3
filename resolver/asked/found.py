"""The manifests of a directory by order of preference: which one counts, and which are passed over.

Directories may be hostile: names are looked at up to a cap, files that a link leads out of the directory are
none of its own, and only as many are read as it takes to find one that states requirements.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from analyzers.manifests.declared import DeclaredKind, Ecosystem, Format, Group, GroupKind, Manifest
from analyzers.manifests.discovery import read_manifest
from analyzers.manifests.errors import ManifestError

_PYPROJECT = "pyproject.toml"
DEFAULT_FILES = (_PYPROJECT, "requirements.in", "requirements.txt", "Pipfile")
"""What comes first in any directory."""
FURTHER_FILES = ("setup.cfg", "setup.py", "environment.yml", "environment.yaml", "pixi.toml")
"""What comes after them."""
PASSED_OVER = frozenset({"build", "dist", "node_modules", "venv", "env", "__pycache__", "site-packages"})
"""Directories that hold no code of the one who asks."""
_NAMES = frozenset((*DEFAULT_FILES, *FURTHER_FILES))
_MOST_BELOW = 20
_MOST_DEEP = 3
_FOLDER = "requirements"
_NAMED_REQUIREMENTS = re.compile(
    r"(?i)(?:requirements?|reqs?)(?:[-_.].*)?\.(?:in|txt)|.*[-_.]requirements\.(?:in|txt)"
)
_OF_ANOTHER_USE = frozenset(
    {
        *("build", "ci", "constraints", "coverage", "dev", "develop", "development", "doc", "docs"),
        *("format", "lint", "linting", "optional", "test", "testing", "tests", "tools", "typing"),
    }
)
"""Words in the name of a requirements file that is not about what the code needs to run."""
_GROUPS = {GroupKind.EXTRA: "extra", GroupKind.DEPENDENCY_GROUP: "group"}
_MOST_NAMES = 20_000
_MOST_READ = 50


class FoundManifests(msgspec.Struct, frozen=True, kw_only=True):
    """What a directory has to say about requirements.

    Attributes:
        chosen: the one that counts, relative to the directory; None where there is none.
        requirements: how many of it count where no extra and no group is named; None where it is malformed.
        groups: extras and groups, such as ``extra test``, which are asked for by name: those of `chosen`,
            or of a manifest that states nothing else.
        passed_over: those that come after it, by preference; they were not read.
        is_whole: whether every name of the directory was looked at.
    """

    chosen: str | None = None
    requirements: int | None = 0
    groups: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    is_whole: bool = True


def found_manifests(folder: Path, *, with_groups: bool = False) -> FoundManifests:
    """The manifests of a directory, but for those of directories below it other than ``requirements``.

    Args:
        with_groups: whether extras or groups are asked for, so that a manifest counts which has no others.
    """
    names, is_whole = _candidates(folder)
    empty: str | None = None
    groups: tuple[str, ...] = ()
    for name in names[:_MOST_READ]:
        try:
            manifest = read_manifest(lambda path: _content(folder, path), name, environ=os.environ)
        except ManifestError:  # told with its place when it is read as the one that counts
            return _found(name, None, (), names, is_whole)
        count = sum(map(_counts, manifest.declared))
        if count or (with_groups and _groups(manifest)):
            return _found(name, count, _groups(manifest), names, is_whole)
        groups = groups or _groups(manifest)
        if empty is None and (name != _PYPROJECT or manifest.project is not None):
            empty = name
    return _found(empty, 0, groups, names, is_whole)


def manifests_below(folder: Path) -> tuple[str, ...]:
    """Manifests of directories below one, up to `_MOST_BELOW` of them and `_MOST_DEEP` directories deep."""
    found: list[str] = []
    pending, seen = [("", 0)], 0
    root = folder.resolve()
    while pending and len(found) < _MOST_BELOW:
        below, depth = pending.pop(0)
        try:
            with os.scandir(root / below) as entries:
                names = sorted(
                    (entry.name, entry.is_dir(follow_symlinks=False))
                    for entry in itertools.islice(entries, _MOST_NAMES - seen)
                )
        except OSError:
            continue
        seen += len(names)
        if below:
            manifests = {name for name, is_folder in names if not is_folder} & _NAMES
            found += [f"{below}{name}" for name in DEFAULT_FILES + FURTHER_FILES if name in manifests][:1]
        if depth < _MOST_DEEP:
            pending += [
                (f"{below}{name}/", depth + 1)
                for name, is_folder in names
                if is_folder and not name.startswith(".") and name not in PASSED_OVER
            ]
    return tuple(found)


def _found(
    chosen: str | None, count: int | None, groups: tuple[str, ...], names: list[str], is_whole: bool
) -> FoundManifests:
    return FoundManifests(
        chosen=chosen,
        requirements=count,
        groups=groups,
        passed_over=tuple(names[names.index(chosen) + 1 :]) if chosen and count != 0 else (),
        is_whole=is_whole,
    )


def _counts(declared: object) -> bool:
    from analyzers.manifests.declared import Declared

    return (
        isinstance(declared, Declared)
        and declared.group.kind is GroupKind.MAIN
        and declared.kind is DeclaredKind.REQUIREMENT
        and declared.ecosystem is Ecosystem.PYPI
    )


def _groups(manifest: Manifest) -> tuple[str, ...]:
    named: set[Group] = {*manifest.groups, *(declared.group for declared in manifest.declared)}
    known = sorted((_GROUPS[group.kind], group.name) for group in named if group.kind in _GROUPS)
    return tuple(f"{kind} {name}" for kind, name in known)


def _candidates(folder: Path) -> tuple[list[str], bool]:
    """Names of manifests by preference, and whether every name was seen."""
    root = folder.resolve()
    fixed = [name for name in (*DEFAULT_FILES, *FURTHER_FILES) if is_own_file(root, name)]
    further, is_whole = _listed(root, "")
    below, is_whole_below = _listed(root, _FOLDER)
    usual = [name for name in fixed if name in DEFAULT_FILES]
    others = [name for name in (*further, *below) if name not in fixed and is_own_file(root, name)]
    last = [name for name in fixed if name in FURTHER_FILES]
    named = [name for name in others if not _is_of_another_use(name)]
    rest = [name for name in others if _is_of_another_use(name)]
    return [*usual, *named, *last, *rest][: _MOST_READ + _MOST_NAMES], is_whole and is_whole_below


def _listed(root: Path, below: str) -> tuple[list[str], bool]:
    """Names that requirements files have in a folder, sorted."""
    try:
        with os.scandir(root / below) as entries:
            seen = [entry.name for entry in itertools.islice(entries, _MOST_NAMES + 1)]
    except OSError:
        return [], True
    if below:
        names = [f"{below}/{name}" for name in seen if name.endswith((".in", ".txt"))]
    else:
        names = [name for name in seen if _NAMED_REQUIREMENTS.fullmatch(name)]
    return sorted(names), len(seen) <= _MOST_NAMES


def _is_of_another_use(name: str) -> bool:
    return not _OF_ANOTHER_USE.isdisjoint(_words(name))


def _words(name: str) -> Iterator[str]:
    yield from re.split(r"[-_./]", name.lower())


def is_own_file(root: Path, name: str) -> bool:
    """Whether a directory (resolved) has a regular file of that name, and no link leads out of it."""
    try:
        path = (root / name).resolve()
        return path.is_file() and path.is_relative_to(root)
    except (OSError, ValueError, RuntimeError):  # such as links in a circle
        return False


def _content(folder: Path, name: str) -> bytes:
    from analyzers.manifests.reading import FILE_LIMIT_BYTES

    with (folder / name).open("rb") as file:
        return file.read(FILE_LIMIT_BYTES + 1)


def is_pinned(root: Path, name: str) -> bool:
    """Whether a directory (resolved) has a requirements file of that name that holds nothing but pins."""
    if not is_own_file(root, name):
        return False
    try:
        manifest = read_manifest(lambda path: _content(root, path), name, as_format=Format.REQUIREMENTS)
    except ManifestError:
        return False
    return bool(manifest.declared) and all(one.specifier.startswith("==") for one in manifest.declared)
