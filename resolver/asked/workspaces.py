"""Members of a workspace of uv: a name that a manifest says is one, in; the directory of the member, out.

Source: https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from __future__ import annotations

import itertools
import posixpath
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from resolver.asked.files import InputFiles

_PYPROJECT = "pyproject.toml"
_MOST_PATTERNS = 100
_MOST_MEMBERS = 1_000
_MOST_UPWARDS = 8


def member_folder(name: str, manifest: str, files: InputFiles) -> str | None:
    """Where a member of the workspace is that a manifest belongs to; None where it is not found.

    The root is the directory of the manifest or one above it, within the working directory. Links that lead
    out of the root are not followed.

    Args:
        name: normalised.
        manifest: its path, as locations show it.
    """
    folder = posixpath.dirname(manifest)
    for _ in range(_MOST_UPWARDS):
        patterns = _members(posixpath.join(folder, _PYPROJECT), files)
        if patterns is not None:
            places = itertools.islice(_places(folder, patterns, files), _MOST_MEMBERS)
            return next((place for place in places if _name(place, files) == name), None)
        if not folder:
            return None
        folder = posixpath.dirname(folder)
    return None


def _table(path: str, files: InputFiles) -> dict[str, object]:
    try:
        return tomllib.loads(files.peek(path).decode())
    except (ValueError, RecursionError):
        return {}


def _within(table: object, *keys: str) -> object:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _members(path: str, files: InputFiles) -> list[str] | None:
    """The patterns of the members of a workspace; None where the file is not the root of one."""
    workspace = _within(_table(path, files), "tool", "uv", "workspace")
    if not isinstance(workspace, dict):
        return None
    members = workspace.get("members")
    texts = members if isinstance(members, list) else []
    return [text for text in texts[:_MOST_PATTERNS] if isinstance(text, str) and _is_bounded(text)]


def _is_bounded(pattern: str) -> bool:
    """Whether a look at it begins in the workspace, and visits no tree of any depth."""
    return not pattern.startswith("/") and "**" not in pattern and pattern.count("/") < _MOST_UPWARDS


def _places(folder: str, patterns: list[str], files: InputFiles) -> Iterator[str]:
    root = files.place(folder)
    real = root.resolve()
    for pattern in patterns:
        try:
            for found in root.glob(pattern):
                if found.resolve().is_relative_to(real) and (found / _PYPROJECT).is_file():
                    yield posixpath.join(folder, _relative(found, root))
        except (OSError, ValueError, RuntimeError):  # a pattern that none is, or links in a circle
            continue


def _relative(found: Path, root: Path) -> str:
    return found.relative_to(root).as_posix()


def _name(folder: str, files: InputFiles) -> str | None:
    name = _within(_table(posixpath.join(folder, _PYPROJECT), files), "project", "name")
    return canonicalize_name(name) if isinstance(name, str) else None
