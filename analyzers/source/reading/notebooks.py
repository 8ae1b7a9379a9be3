"""Notebooks as one module: the Python of all cells in their order, and where each line of it comes from.

Outputs, most of a notebook's bytes, are passed over by the decoder and never held.

Source: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import bisect
import codecs
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.declared import Declared, Format, Group, GroupKind
from analyzers.manifests.draft import Draft
from analyzers.manifests.installs.install_arguments import InstallArguments
from analyzers.manifests.installs.install_commands import read_command
from analyzers.manifests.installs.shell_commands import simple_commands
from analyzers.reports import Unknown
from analyzers.source.reading.magics import cell_code
from analyzers.undecodable import UNDECODABLE

GROUP = Group(GroupKind.ENVIRONMENT, "notebook")
_LIMIT_CELLS = 50_000
_LENIENT_LIMIT_BYTES = 16 << 20
_PYTHON = re.compile(r"(?i)i?python\d*|pyspark\d*|sage(?:math)?|xpython|xeus-python|.*\bpython\b.*")
_OTHER_KERNEL = re.compile(
    r"(?i)ir\d*|r|julia.*|bash|.*javascript|deno|typescript|scala|almond|spark|ruby|octave|matlab.*|sql|xsql"
    r"|xcpp.*|.*c\+\+.*|rust|gophernotes|java|ijava|kotlin|\.net-.*|haskell|ihaskell|sas|stata|calysto.*"
)
_INTERPRETER = re.compile(r"[\"']?(?:\{ *sys\.executable *\}|\$sys\.executable)[\"']?(?=\s)")
_INSTALLER = re.compile(r"\b(?:pip|conda|mamba|uv|poetry|pdm)")


class NotebookError(ValueError):
    """The file is no notebook that can be read."""


class OtherLanguageError(NotebookError):
    """The notebook's kernel does not speak Python."""

    def __init__(self, language: str) -> None:
        super().__init__(f"its language is {language[:50]!r}")
        self.language = language


class Cells(msgspec.Struct, frozen=True):
    """Where the lines of a notebook's module come from.

    Attributes:
        starts: the line, from 1, of the module with which each code cell begins.
        numbers: of those cells among all cells of the notebook, from 0.
    """

    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def place(self, line: int) -> tuple[int, int]:
        """Cell, from 0, and line in it, from 1, of a line of the module."""
        at = max(0, bisect.bisect_right(self.starts, line) - 1)
        return (self.numbers[at], line - self.starts[at] + 1) if self.starts else (0, line)


class Notebook(NamedTuple):
    """A notebook's module; `declared` and `unknowns` are of what its cells install."""

    text: str
    cells: Cells
    declared: tuple[Declared, ...]
    unknowns: tuple[Unknown, ...]
    notes: tuple[str, ...]


class _Language(msgspec.Struct, frozen=True):
    name: str = ""


class _Kernel(msgspec.Struct, frozen=True):
    name: str = ""
    language: str = ""


class _Metadata(msgspec.Struct, frozen=True):
    language_info: _Language = _Language()
    kernelspec: _Kernel = _Kernel()


class _Worksheet(msgspec.Struct, frozen=True):
    cells: list[msgspec.Raw] = []


class _Document(msgspec.Struct, frozen=True):
    cells: list[msgspec.Raw] | None = None
    worksheets: list[_Worksheet] | None = None
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


class _Vscode(msgspec.Struct, frozen=True):
    language: str = msgspec.field(name="languageId", default="")


class _CellMetadata(msgspec.Struct, frozen=True):
    vscode: _Vscode = _Vscode()


class _Cell(msgspec.Struct, frozen=True):
    """Of format 4, and of format 3, in which the source is `input`, and a cell has a language."""

    kind: str = msgspec.field(name="cell_type", default="")
    source: str | list[str] | None = None
    input: str | list[str] | None = None
    language: str = ""
    metadata: _CellMetadata = _CellMetadata()


_DOCUMENT = msgspec.json.Decoder(_Document)
_CELL = msgspec.json.Decoder(_Cell)
_METADATA = msgspec.json.Decoder(_Metadata)


def notebook(data: bytes, path: str) -> Notebook:
    """The module that a notebook's code cells make together.

    Args:
        data: of the file.
        path: for the places of what is installed.

    Raises:
        OtherLanguageError: its kernel speaks another language.
        NotebookError: it is no notebook, or its JSON is invalid or nested too deep.
    """
    document = _document(data.removeprefix(codecs.BOM_UTF8))
    _check_language(document.metadata)
    draft = Draft(path, Format.NOTEBOOK)
    parts: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    notes: list[str] = []
    line = 1
    for number, source in _sources(document, notes):
        code = cell_code(source)
        parts.append(code.text)
        starts.append(line)
        numbers.append(number)
        notes += [f"cell {number}: {note}" for note in code.notes]
        line += code.text.count("\n")
        for place, command in code.commands:
            _install(command, Location(path=path, line=place, cell=number), draft)
    problems = (
        Unknown(what=problem.text or path, where=str(problem.location), reason=problem.reason)
        for problem in draft.problems
    )
    return Notebook(
        text="".join(parts),
        cells=Cells(tuple(starts), tuple(numbers)),
        declared=tuple(draft.declared),
        unknowns=(*draft.unknowns, *problems),
        notes=tuple(notes),
    )


def _document(data: bytes) -> _Document:
    try:
        document = _DOCUMENT.decode(data)
    except RecursionError:
        raise NotebookError("its JSON is nested too deep") from None
    except msgspec.ValidationError as error:
        raise NotebookError(f"is no notebook: {error}") from error
    except UNDECODABLE as error:
        document = _leniently(data, error)
    if document.cells is None and document.worksheets is None:
        raise NotebookError("is no notebook: it has neither cells nor worksheets")
    return document


def _leniently(data: bytes, error: Exception) -> _Document:
    """Outputs hold what Jupyter writes but JSON does not allow: NaN, halves of surrogate pairs."""
    if len(data) > _LENIENT_LIMIT_BYTES:
        raise NotebookError(f"its JSON is invalid: {error}") from error
    try:
        loaded = json.loads(data, parse_constant=lambda _: None)
        return msgspec.convert(_without_outputs(loaded), _Document)
    except RecursionError:
        raise NotebookError("its JSON is nested too deep") from None
    except msgspec.ValidationError as invalid:
        raise NotebookError(f"is no notebook: {invalid}") from invalid
    except (ValueError, TypeError):
        raise NotebookError(f"its JSON is invalid: {error}") from error


def _without_outputs(loaded: object) -> dict[str, object]:
    """The parts that are used, each as JSON again."""
    if not isinstance(loaded, dict):
        raise NotebookError("is no notebook: its JSON is no object")

    def raws(cells: object) -> list[msgspec.Raw] | None:
        if not isinstance(cells, list):
            return None
        kept = ("cell_type", "source", "input", "language")
        return [
            _raw({key: cell[key] for key in kept if key in cell} if isinstance(cell, dict) else None)
            for cell in cells
        ]

    sheets = loaded.get("worksheets")
    found = (
        [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        if isinstance(sheets, list)
        else None
    )
    return {
        "cells": raws(loaded.get("cells")),
        "worksheets": None if found is None else [{"cells": raws(cells) or []} for cells in found],
        "metadata": _raw(loaded.get("metadata", {})),
    }


def _raw(value: object) -> msgspec.Raw:
    text = json.dumps(value, ensure_ascii=False)
    return msgspec.Raw(text.encode("utf-8", "replace"))


def _check_language(metadata: msgspec.Raw) -> None:
    """What is not said, or not in the form that it should have, is Python."""
    try:
        stated = _METADATA.decode(metadata)
    except UNDECODABLE:
        return
    language = stated.language_info.name or stated.kernelspec.language
    if language:
        if not _PYTHON.fullmatch(language):
            raise OtherLanguageError(language)
    elif _OTHER_KERNEL.fullmatch(stated.kernelspec.name):
        raise OtherLanguageError(stated.kernelspec.name)


def _sources(document: _Document, notes: list[str]) -> Iterator[tuple[int, str]]:
    """Number and source of every cell of Python code."""
    cells = list(document.cells or ())
    for sheet in document.worksheets or ():
        cells += sheet.cells
    if len(cells) > _LIMIT_CELLS:
        notes.append(f"more than {_LIMIT_CELLS:,} cells; the rest is left out")
    for number, raw in enumerate(cells[:_LIMIT_CELLS]):
        try:
            cell = _CELL.decode(raw)
        except UNDECODABLE:
            notes.append(f"cell {number}: is not what a cell should be")
            continue
        language = cell.language or cell.metadata.vscode.language
        if cell.kind != "code":
            continue
        if language and not _PYTHON.fullmatch(language):
            notes.append(f"cell {number}: its language is {language[:50]!r}")
            continue
        source = cell.source if cell.source is not None else cell.input or ""
        text = source if isinstance(source, str) else "".join(source)
        yield number, text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").replace("\f", " ")


def _install(command: str, place: Location, draft: Draft) -> None:
    if not _INSTALLER.search(command):
        return
    arguments = InstallArguments(draft, GROUP, None, {})
    for words in simple_commands(_INTERPRETER.sub("python ", command.strip()), place, draft):
        read_command(words, place, arguments, draft)
