"""``stackwright knowledge forget``: a pack, and all that came with it."""

from __future__ import annotations

import argparse

from resolver.commands.knowledge.kept_store import add_store_and_format, opened_store, show


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``knowledge forget``."""
    command.description = "Remove a pack and all that came with it; what you saw yourself stays."
    command.add_argument("origin", metavar="ORIGIN", help="as knowledge packs lists it")
    add_store_and_format(command)


def run(options: argparse.Namespace) -> bool:
    """Remove it.

    Raises:
        InputError: there is none of that name.
    """
    from resolver.errors import InputError
    from resolver.outputs.texts.columns import counted
    from resolver.reports.pack_reports import ForgottenPack

    with opened_store(options) as store:
        origins = [row.origin for row in store.packs()]
        if options.origin not in origins:
            known = f"known: {', '.join(origins)}" if origins else "no pack was imported"
            raise InputError(f"ORIGIN: no pack is called {options.origin!r}", known)
        found = ForgottenPack(origin=options.origin, records=store.forget(options.origin))
    show(options, found, f"Removed {counted(found.records, 'record')} of {options.origin}\n")
    return True
