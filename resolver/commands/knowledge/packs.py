"""``stackwright knowledge packs``: whose observations there are."""

from __future__ import annotations

import argparse
import sys

from resolver.commands.knowledge.kept_store import add_store_and_format, opened_store, show


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``knowledge packs``."""
    command.description = "List the packs that were imported: how much they are trusted, what they hold."
    add_store_and_format(command)


def run(options: argparse.Namespace) -> bool:
    """List them; true always."""
    import datetime

    from resolver.commands.heads import written_moment
    from resolver.commands.options.screens import columns
    from resolver.outputs.texts.columns import table
    from resolver.reports.pack_reports import ListedPack

    with opened_store(options) as store:
        rows, counts = store.packs(), store.observation_counts()
    found = []
    for row in rows:
        moment = datetime.datetime.fromtimestamp(row.imported_at, datetime.UTC)
        of_pack = {kind: count for (origin, kind), count in sorted(counts.items()) if origin == row.origin}
        found.append(
            ListedPack(
                origin=row.origin,
                digest=row.digest,
                trust=row.trust / 1000,
                imported_at=written_moment(moment),
                counts=of_pack,
            )
        )
    lines = [["origin", "trust", "holds"]]
    for pack in found:
        holds = ", ".join(f"{count:,} {kind}" for kind, count in pack.counts.items())
        lines.append([pack.origin, f"{pack.trust:g}", holds or "nothing"])
    width = columns(sys.stdout)
    text = "".join(f"{line}\n" for line in table(lines, width, 2, indent="")) or "No pack was imported\n"
    show(options, list(found), text)
    return True
