"""Everything that is kept of one source file: what it says by itself, and how it was read.

A record depends on the content and, where something in it names a place, on the path: `FileRecord.is_of`.
"""

from __future__ import annotations

import msgspec

from analyzers.manifests.declared import Declared
from analyzers.reports import Unknown
from analyzers.source.module_facts import ModuleFacts
from analyzers.source.reading.notebooks import Cells
from analyzers.source.reading.source_texts import source_text
from analyzers.source.reading.suppressions import Suppression, read_suppressions
from analyzers.source.reading.walking import SourceFile, path_text
from analyzers.source.records import Language

FORMAT = 7
"""To be raised whenever what a record says of the same content, or how it is kept, changes."""


class FileRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one file says.

    Attributes:
        path: of the file that it was made from; see `is_of`.
        notes: what was not as it should be, and yet read.
        failure: why nothing could be read.
        cells: of a notebook.
        declared: what inline metadata states or a notebook's cells install.
        unknowns: what could not be read of `declared`.
        suppressions: by line of the text.
    """

    path: str
    facts: ModuleFacts
    notes: tuple[str, ...] = ()
    failure: str | None = None
    cells: Cells | None = None
    declared: tuple[Declared, ...] = ()
    requires_python: str | None = None
    unknowns: tuple[Unknown, ...] = ()
    suppressions: tuple[Suppression, ...] = ()

    def is_of(self, path: str) -> bool:
        """Whether the record holds for a file of this path with the same content."""
        return path == self.path or not (self.declared or self.unknowns)


def file_record(file: SourceFile, data: bytes, *, precise: bool = False) -> FileRecord:
    """The record of a file; whatever goes wrong in reading it stands in the record.

    Args:
        precise: whether a file that binds an imported name anew is read a second time, by libcst.
    """
    from analyzers.source.extraction import extracted

    source = source_text(file, data)
    facts, failure = ModuleFacts(), source.failure
    if failure is None:
        try:
            facts = extracted(source.text)
            if precise:
                facts = _confirmed(facts, source.text)
        except (RecursionError, MemoryError) as error:
            failure = f"cannot be analysed: {type(error).__name__}"
    return FileRecord(
        path=source.path,
        facts=facts,
        notes=source.notes,
        failure=failure,
        cells=source.cells,
        declared=source.declared,
        requires_python=source.requires_python,
        unknowns=source.unknowns,
        suppressions=read_suppressions(source.text),
    )


def _confirmed(facts: ModuleFacts, text: str) -> ModuleFacts:
    from analyzers.source.precise.bound_anew import binds_imports_anew

    if not binds_imports_anew(facts, text):
        return facts
    from analyzers.source.precise.confirming import confirmed

    return confirmed(facts, text)


def record_key(sha256: str, language: Language, *, precise: bool = False) -> str:
    """Under which a record is kept: everything that it depends on, but for `FileRecord.is_of`.

    Args:
        sha256: of the content.
    """
    kind = "/notebook" if language is Language.NOTEBOOK else ""
    return f"{sha256}{kind}/precise" if precise else f"{sha256}{kind}"


def failed_record(file: SourceFile, reason: str) -> FileRecord:
    """The record of a file that nothing is known of."""
    return FileRecord(path=path_text(file.path), facts=ModuleFacts(), failure=reason)
