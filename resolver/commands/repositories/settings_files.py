"""The table ``[tool.stackwright]`` of a pyproject.toml that is there: added or replaced, and nothing else.

What stands around it stays byte for byte; what would come of it is decoded before anything is written, so
that a file of which this program understands less than it thinks is left alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from knowledge.settings import settings_content
from resolver.errors import InputError

_TOOL, _NAME = "tool", "stackwright"
_HEADER = re.compile(r"""[ \t]*\[\[?[ \t]*([^\]]+?)[ \t]*\]\]?[ \t]*(?:#.*)?""")
_OWN = re.compile(r"""["']?tool["']?[ \t]*\.[ \t]*["']?stackwright["']?[ \t]*(?:\..*)?""")


def with_settings(path: Path, table: str, *, force: bool) -> str:
    """What a file holds with a new table at its end.

    Args:
        path: of a pyproject.toml; it need not exist.
        table: the text of the new one.
        force: whether it takes the place of one that is there.

    Raises:
        InputError: the file cannot be understood, has such a table, or nothing can be added to it.
    """
    text = _text(path)
    before = _decoded(path, text)
    there = _NAME in _tables(before)
    if there and not force:
        remedy = "change it there, or replace it: stackwright init --force"
        raise InputError(f"{path} has a table [tool.{_NAME}] already", remedy)
    kept = _without(text) if there else text
    ending = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not kept else ending if kept.endswith("\n") else ending * 2
    made = kept + gap + table.replace("\n", ending)
    _check(path, before, made)
    return made


def _text(path: Path) -> str:
    try:
        return settings_content(path).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: it is not UTF-8 text (byte {error.start})") from error


def _decoded(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: {error}", "correct it first") from error


def _tables(document: Mapping[str, object]) -> dict[str, object]:
    tool = document.get(_TOOL)
    return dict(tool) if isinstance(tool, dict) else {}


def _without(text: str) -> str:
    """The text without the lines of the table and of those below it; comments right above them stay."""
    kept: list[str] = []
    is_own = False
    for line in text.splitlines(keepends=True):
        header = _HEADER.fullmatch(line.rstrip("\r\n"))
        if header is not None:
            is_own = _OWN.fullmatch(header[1]) is not None
        if not is_own:
            kept.append(line)
    return "".join(kept).rstrip("\r\n") + ("\n" if kept else "")


def _check(path: Path, before: dict[str, object], made: str) -> None:
    """Whether nothing but the table differs.

    Raises:
        InputError: something does.
    """
    remedy = f"write [tool.{_NAME}] by hand"
    try:
        after = tomllib.loads(made)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no table can be added to it ({error})", remedy) from error
    if _others(before) != _others(after):
        raise InputError(f"{path}: its [tool.{_NAME}] cannot be replaced without changing more", remedy)


def _others(document: Mapping[str, object]) -> dict[str, object]:
    """What does not belong to the table."""
    tables = {name: table for name, table in _tables(document).items() if name != _NAME}
    rest = {name: value for name, value in document.items() if name != _TOOL}
    return {**rest, _TOOL: tables}
