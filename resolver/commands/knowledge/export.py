"""``stackwright knowledge export``: what was observed, as a file for others."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.knowledge.kept_store import add_store_and_format, opened_store, show

if TYPE_CHECKING:
    from knowledge.observations.known import Record
    from knowledge.stores.store import Store

KINDS = ("build", "install", "import", "test", "benchmark", "verdict")


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``knowledge export``."""
    command.description = (
        "Write what was observed, here and by others whose packs were imported, into one file, each thing "
        "once. Its digest is printed: whoever imports the file can demand it."
    )
    command.add_argument("file", type=Path, metavar="FILE", help="pack to write")
    command.add_argument(
        "--project", action="append", default=[], metavar="NAME",
        help="only what is about this project; may be repeated",
    )  # fmt: skip
    command.add_argument(
        "--kind", action="append", default=[], choices=KINDS, help="only this kind; may be repeated"
    )
    command.add_argument("--own", action="store_true", help="only what was seen here")
    add_store_and_format(command)


def run(options: argparse.Namespace) -> bool:
    """Write the pack; true always."""
    from knowledge.packs.writing import packed
    from resolver.commands.heads import tool
    from resolver.outputs.files import write_output
    from resolver.outputs.texts.columns import counted
    from resolver.reports.pack_reports import ExportedPack

    with opened_store(options) as store:
        made = packed(_wanted(store, options), tool())
    write_output(options.file, made.content, "FILE")
    found = ExportedPack(
        file=str(options.file),
        digest=made.digest,
        observations=made.observations,
        verdicts=made.verdicts,
        size_bytes=len(made.content),
    )
    told = f"{counted(made.observations, 'observation')} and {counted(made.verdicts, 'checked verdict')}"
    show(options, found, f"Wrote {told} to {options.file}\n{made.digest}\n")
    return True


def _wanted(store: Store, options: argparse.Namespace) -> Iterator[Record]:
    from knowledge.indexes.filenames import normalized
    from knowledge.observations.known import every_record, rows

    projects, kinds = set(map(normalized, options.project)), set(options.kind)
    for record in every_record(store):
        if options.own and record.origin is not None:
            continue
        about = list(rows(record))
        if kinds and about[0].kind not in kinds:
            continue
        if not projects or any(row.project in projects for row in about):
            yield record
