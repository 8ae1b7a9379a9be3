"""What a scan of sources written in a test finds, in a form that is easy to state."""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.source.extraction import extracted
from analyzers.source.linking import linker
from analyzers.source.linking.project_files import SourceFile
from analyzers.source.protocols import NoSurfaces, Surfaces
from analyzers.source.records import Use, UseKind


def linked(files: Mapping[str, str], surfaces: Surfaces | None = None) -> dict[str, linker.LinkedFile]:
    """Files by path, imported under the dotted form of it."""
    sources: dict[str, SourceFile] = {}
    for path, text in files.items():
        parts = path.removesuffix(".py").split("/")
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        sources[path] = SourceFile(facts=extracted(text), names=(name,), is_package=is_package)
    return linker.linked(sources, surfaces=surfaces or NoSurfaces())


def uses(text: str, surfaces: Surfaces | None = None) -> list[Use]:
    """Uses of third parties, imports left out, of one file."""
    found = linked({"main.py": text}, surfaces)["main.py"]
    return [use for use in found.uses if use.kind is not UseKind.IMPORT]


def symbols(text: str) -> set[str]:
    """The symbols of `uses`."""
    return {use.symbol for use in uses(text)}


def calls(text: str) -> set[str]:
    """The symbols that are called."""
    return {use.symbol for use in uses(text) if use.kind in (UseKind.CALL, UseKind.DECORATOR)}
