"""The table ``[tool.stackwright]`` of a project's ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from knowledge.errors import KnowledgeError

_TABLE = "[tool.stackwright]"
_LIMIT_BYTES = 32 << 20


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the table.

    Attributes:
        meaning: in one sentence, without its full stop.
        example: what may stand for it in the file, as TOML; of a table, with its header.
    """

    meaning: str
    example: str


SETTINGS: Mapping[str, Setting] = {
    "index-url": Setting(
        meaning="root of the package index, before what pip or uv are configured to use",
        example='index-url = "https://index.example/simple/"',
    ),
    "find-links": Setting(
        meaning="directories, files and pages with wheels and source distributions, beside the indexes",
        example='find-links = ["wheels/"]',
    ),
    "overrides": Setting(
        meaning="what takes the place of what dependencies ask for: REQUIREMENT, or DEPENDENT: REQUIREMENT",
        example='overrides = ["numpy<2", "flask: werkzeug>=3.0.6"]',
    ),
    "image": Setting(
        meaning="the container image in which the code runs, as for --image",
        example='image = "python:3.12-slim-bookworm"',
    ),
    "predictor": Setting(
        meaning="what chooses the changes, as for --predictor", example='predictor = "auto"'
    ),
    "rules": Setting(
        meaning="directories with rules of your own, as for --rules", example='rules = ["rules/"]'
    ),
    "indexes": Setting(
        meaning="further indexes, asked before that of index-url; an explicit one serves what sources says",
        example="[[tool.stackwright.indexes]]\n"
        'name = "ours"\nurl = "https://ours.example/simple/"\nexplicit = true',
    ),
    "sources": Setting(
        meaning="which index a project is taken from: the name of one, or default",
        example='[tool.stackwright.sources]\nour-library = "ours"',
    ),
    "environments": Setting(
        meaning="where the code runs; each environment gets its pylock.NAME.toml: image, platform, "
        "python-version, and facts as `stackwright host --facts` lists them",
        example="[tool.stackwright.environments.server]\n"
        'python-version = "3.12"\nplatform = "x86_64-manylinux_2_28"\ngpu.vendor = "none"',
    ),
    "vendor-indexes": Setting(
        meaning="where mirrors of the indexes are that rules choose, by name or by address",
        example="[tool.stackwright.vendor-indexes]\n"
        '"https://vendor.example/whl/" = "https://mirror.example/whl/"',
    ),
    "scan": Setting(
        meaning="how the code is scanned",
        example='[tool.stackwright.scan]\nexclude = ["vendored/"]\nused = ["loaded-by-name"]',
    ),
    "units": Setting(
        meaning="what takes part in a recommendation, as `stackwright units list` names it: order, enabled, "
        "weight and parameters",
        example='[tool.stackwright.units]\norder = ["yanked", "tags"]',
    ),
}
"""Every key, in an order in which they may stand in a file: what is no table first."""


class SettingsError(KnowledgeError):
    """The settings cannot be used; `path` says in which file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def settings_content(path: Path) -> bytes:
    """What a file of a repository holds; empty where it is not there.

    Raises:
        SettingsError: it is a pipe, or too large.
    """
    if path.is_fifo():  # whoever opens one waits for somebody who writes
        raise SettingsError(path, "it is a pipe")
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT_BYTES + 1)
    except FileNotFoundError:
        return b""
    if len(content) > _LIMIT_BYTES:
        raise SettingsError(path, f"it is larger than {_LIMIT_BYTES} bytes")
    return content


def project_settings(path: Path) -> dict[str, object]:
    """The settings of the project in this folder; empty where there are none.

    Raises:
        SettingsError: the file is no TOML, or the table holds what is not known.
    """
    try:
        text = settings_content(path).decode()
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
    unknown = sorted(set(table) - SETTINGS.keys())
    if unknown:
        problem = SettingsError(path, f"{_TABLE} has no setting named {unknown[0]}")
        problem.add_note(f"known settings: {', '.join(sorted(SETTINGS))}")
        raise problem
    return table
