"""``stackwright knowledge import-osv``: known vulnerabilities, brought into the store from files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from resolver.commands.knowledge.kept_store import add_store_and_format, opened_store


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``knowledge import-osv``."""
    command.description = (
        "Read advisories in the OSV format, by which known vulnerabilities of releases are told and avoided."
    )
    command.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH",
        help="a document, a directory of them, or a zip archive such as OSV's all.zip of the Python index",
    )  # fmt: skip
    add_store_and_format(command)


def run(options: argparse.Namespace) -> bool:
    """Import; false where some document could not be read."""
    from knowledge.advisories.importing import Imported, import_advisories
    from resolver.commands.notes import show_note
    from resolver.commands.subjects.inspecting import inspection_progress
    from resolver.outputs.texts.columns import counted

    with opened_store(options) as store, inspection_progress(quiet=options.quiet) as progress:
        found: Imported = import_advisories(options.paths, store, progress)
    for unknown in found.unknowns:
        show_note(f"{unknown.where}: {unknown.what} not read: {unknown.reason}")
    if options.format == "json":
        sys.stdout.write(_document(found))
    else:
        sys.stdout.write(
            f"{counted(found.advisories, 'advisory', 'advisories')} about "
            f"{counted(len(found.projects), 'project')} from {counted(found.documents, 'document')}; "
            f"{found.withdrawn:,} withdrawn, {found.unread:,} not read\n"
        )
    return not found.unread


def _document(found: object) -> str:
    import msgspec

    from resolver.outputs.json_text import json_text

    told = {**msgspec.to_builtins(found)}
    told["projects"] = len(told["projects"])
    return json_text(told)
