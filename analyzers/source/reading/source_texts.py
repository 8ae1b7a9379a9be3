"""A source file ready to be parsed: one text, whatever it was before, and what is known of it by itself."""

from __future__ import annotations

import msgspec

from analyzers.files import FileReader, FileReaderError, read_file
from analyzers.manifests.declared import Declared
from analyzers.manifests.errors import MalformedManifestError, ManifestError
from analyzers.reports import Unknown
from analyzers.source.reading.decoding import NotTextError, decoded
from analyzers.source.reading.notebooks import Cells, NotebookError, OtherLanguageError, notebook
from analyzers.source.reading.walking import FILE_LIMIT_BYTES, NOTEBOOK_LIMIT_BYTES, SourceFile, path_text
from analyzers.source.records import Language

_SCRIPT_METADATA = b"# /// script"


class SourceText(msgspec.Struct, frozen=True, kw_only=True):
    """One file of Python source.

    Attributes:
        path: relative to the root; it may hold line ends.
        text: Python with line feeds as its only line ends; of a notebook, all its cells; empty where the file
            is no Python, which `failure` says.
        cells: where the lines of a notebook come from; None for other files.
        notes: what was not as it should be, and yet read.
        failure: why there is no text.
        declared: what inline metadata (PEP 723) states or a notebook's cells install.
        requires_python: of inline metadata.
        unknowns: what could not be read of `declared`.
    """

    path: str
    text: str = ""
    cells: Cells | None = None
    notes: tuple[str, ...] = ()
    failure: str | None = None
    declared: tuple[Declared, ...] = ()
    requires_python: str | None = None
    unknowns: tuple[Unknown, ...] = ()


def source_bytes(
    reader: FileReader,
    file: SourceFile,
    *,
    limit_bytes: int = FILE_LIMIT_BYTES,
    notebook_limit_bytes: int = NOTEBOOK_LIMIT_BYTES,
) -> bytes | Unknown:
    """The content of a file, or why there is none."""
    limit = notebook_limit_bytes if file.language is Language.NOTEBOOK else limit_bytes
    try:
        return read_file(reader, file.path, limit)
    except FileReaderError as error:
        return Unknown(what="source", where=path_text(file.path), reason=error.reason)


def source_text(file: SourceFile, data: bytes) -> SourceText:
    """What a file's bytes are; never an error, for whatever bytes.

    Args:
        file: from a walk.
        data: its content.
    """
    path = path_text(file.path)
    common = SourceText(path=path)
    replace = msgspec.structs.replace
    try:
        if file.language is Language.NOTEBOOK:
            found = notebook(data, path)
            common = replace(
                common,
                text=found.text,
                cells=found.cells,
                notes=found.notes,
                declared=found.declared,
                unknowns=found.unknowns,
            )
        else:
            text, notes = decoded(data)
            common = replace(common, text=text, notes=notes)
    except OtherLanguageError as error:
        return replace(common, notes=(str(error),))
    except (NotebookError, NotTextError) as error:
        return replace(common, failure=str(error))
    return _with_metadata(common) if _SCRIPT_METADATA in data else common


def _with_metadata(source: SourceText) -> SourceText:
    from analyzers.manifests.script import parse_script

    try:
        manifest = parse_script(source.text.encode(), source.path)
    except MalformedManifestError as error:
        manifest = error.readable
    except ManifestError as error:
        unknown = Unknown(what="script metadata", where=source.path, reason=str(error))
        return msgspec.structs.replace(source, unknowns=(*source.unknowns, unknown))
    declared = manifest.declared
    if cells := source.cells:
        declared = tuple(_in_cell(one, cells) for one in declared)
    return msgspec.structs.replace(
        source,
        declared=(*source.declared, *declared),
        requires_python=manifest.requires_python,
        unknowns=(*source.unknowns, *manifest.unknowns),
    )


def _in_cell(declared: Declared, cells: Cells) -> Declared:
    if declared.location.line is None:
        return declared
    cell, line = cells.place(declared.location.line)
    location = msgspec.structs.replace(declared.location, line=line, cell=cell)
    return msgspec.structs.replace(declared, location=location)
