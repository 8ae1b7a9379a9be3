"""The formats of a result: which one a file's name says, and how an advice looks in it."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.errors import InputError
from resolver.outputs.files import check_place
from resolver.reports.advice import Advice
from resolver.targets.target import Target

if TYPE_CHECKING:
    from analyzers.source.report import SourceReport
    from images.reports.report import ImageReport


class Format(enum.StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"
    PYLOCK = "pylock"
    REQUIREMENTS = "requirements"
    PIPFILE_LOCK = "pipfile-lock"
    HTML = "html"


def output_format(output: Path, asked: Format | None, *, hashes: bool) -> Format:
    """The format of a file: as asked, or as its name says.

    Raises:
        InputError: the name says none or contradicts it, or the file cannot be there.
    """
    chosen = asked or _format_by_name(output.name)
    names = (
        "use pylock.toml, pylock.NAME.toml, Pipfile.lock, NAME.txt, NAME.json or NAME.html, or add --format"
    )
    if chosen is None:
        raise InputError(f"--output {output}: the name does not say a format", names)
    if chosen in (Format.PYLOCK, Format.PIPFILE_LOCK) and _format_by_name(output.name) is not chosen:
        raise InputError(f"--output {output}: installers know a lockfile by its name", names)
    check_hashes(chosen, hashes=hashes)
    lockfile = _format_by_name(output.name)
    if lockfile in (Format.PYLOCK, Format.PIPFILE_LOCK) and lockfile is not chosen:
        raise InputError(f"--output {output}: installers would read it as {lockfile.value}", names)
    check_place(output)
    return chosen


def check_hashes(chosen: Format, *, hashes: bool) -> None:
    """Refuse a format without the hashes that it cannot do without.

    Raises:
        InputError: hashes are unwanted and the format needs them.
    """
    if chosen is Format.PYLOCK and not hashes:
        remedy = "leave --no-hashes out, or write requirements: --format requirements"
        raise InputError("--no-hashes: a pylock file knows every file by its hash", remedy)


def check_page(path: Path | None) -> None:
    """Refuse a page that could not be written when the advice is there.

    Raises:
        InputError: its name is not that of a page, or it cannot be there.
    """
    if path is None:
        return
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--report {path}: the name is not that of a page", "name a file NAME.html")
    check_place(path, "--report")


def _format_by_name(name: str) -> Format | None:
    """Source of the lockfile names: PEP 751."""
    if name == "pylock.toml" or (
        name.startswith("pylock.") and name.endswith(".toml") and name.count(".") == 2
    ):
        return Format.PYLOCK
    if name == "Pipfile.lock":
        return Format.PIPFILE_LOCK
    suffixes = {".txt": Format.REQUIREMENTS, ".json": Format.JSON, ".html": Format.HTML}
    return suffixes.get(Path(name).suffix)


def rendered(
    advice: Advice,
    target: Target,
    chosen: Format,
    *,
    hashes: bool,
    width: int,
    pipfile: bytes | None = None,
    index_url: str = "",
    refuted: bool = False,
    scan: SourceReport | None = None,
    image: ImageReport | None = None,
) -> str:
    """An advice in one format; empty for a lockfile where there is no stack.

    Args:
        advice: what to write.
        target: what it was made for.
        chosen: the format.
        hashes: whether requirements get them.
        width: columns of the terminal, for text.
        pipfile: content of the Pipfile that was asked for.
        index_url: of the default index, for a Pipfile without sources.
        refuted: whether a refuted stack is written, too; else lockfiles of it are empty.
        scan: of the code that is advised on, of which a page tells the findings.
        image: that is advised for, likewise.

    Raises:
        LockfileError: the format cannot express the advice.
    """
    is_written = advice.status.is_solved or (refuted and bool(advice.pins))
    match chosen:
        case Format.TEXT:
            from resolver.outputs.texts.table import table

            return table(advice, target.name, width)
        case Format.JSON:
            from resolver.outputs.json_text import json_text

            return json_text(advice)
        case Format.HTML:
            from resolver.outputs.pages.advice_page import advice_page

            return advice_page(advice, target.name, scan, image)
        case Format.PYLOCK:
            from resolver.outputs.locks.pylock import pylock

            return pylock(advice, target.markers) if is_written else ""
        case Format.REQUIREMENTS:
            from resolver.outputs.locks.requirements import requirements

            return requirements(advice, target.name, hashes=hashes) if is_written else ""
        case Format.PIPFILE_LOCK:
            from resolver.outputs.locks.pipfile_lock import pipfile_lock

            python = ".".join(target.markers["python_version"].split(".")[:2])
            if not is_written:
                return ""
            return pipfile_lock(advice, python=python, index_url=index_url, pipfile=pipfile, hashes=hashes)
