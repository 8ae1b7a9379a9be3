"""The table ``[tool.stackwright]`` of a project's ``pyproject.toml``."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import KnowledgeError

_TABLE = "[tool.stackwright]"
_KNOWN = frozenset(
    {
        "environments",
        "find-links",
        "image",
        "index-url",
        "indexes",
        "overrides",
        "predictor",
        "rules",
        "sources",
        "units",
        "vendor-indexes",
    }
)


class SettingsError(KnowledgeError):
    """The settings cannot be used; `path` says in which file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def project_settings(path: Path) -> dict[str, object]:
    """The settings of the project in this folder; empty where there are none.

    Raises:
        SettingsError: the file is no TOML, or the table holds what is not known.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise SettingsError(path, f"it is not UTF-8 text (byte {error.start})") from error
    if "stackwright" not in text:
        return {}
    import tomllib

    try:
        table: object = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(path, str(error)) from error
    for name in ("tool", "stackwright"):
        table = table.get(name, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        raise SettingsError(path, f"{_TABLE} is no table")
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        problem = SettingsError(path, f"{_TABLE} has no setting named {unknown[0]}")
        problem.add_note(f"known settings: {', '.join(sorted(_KNOWN))}")
        raise problem
    return table
