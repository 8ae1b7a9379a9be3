"""``stackwright knowledge import``: what others observed."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from resolver.commands.knowledge.kept_store import add_store_and_format, opened_store, show


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``knowledge import``."""
    command.description = (
        "Bring in a pack that others wrote. What it says lies beside what you saw, under the name of its "
        "origin: it never refuses a release, and costs score by how much it is trusted."
    )
    command.add_argument("file", type=Path, metavar="FILE", help="pack, as knowledge export writes it")
    command.add_argument(
        "--origin", metavar="NAME", help="what to call where it came from (default: how its digest begins)"
    )
    command.add_argument(
        "--trust", type=_share, metavar="SHARE",
        help="how much it counts, from 0 to 1 (default: what its origin had before, else 0.5)",
    )  # fmt: skip
    command.add_argument("--digest", metavar="sha256:HEX", help="refuse the pack unless this is its digest")
    add_store_and_format(command)


def run(options: argparse.Namespace) -> bool:
    """Import; false where some record was left out."""
    from knowledge.packs.importing import import_pack
    from knowledge.packs.reading import read_pack
    from resolver.commands.notes import show_note
    from resolver.outputs.texts.columns import counted

    pack = read_pack(options.file, options.digest)
    with opened_store(options) as store:
        found = import_pack(pack, store, time.time(), options.origin, options.trust)
    for unknown in found.unknowns:
        show_note(f"{unknown.where}: left out: {unknown.reason}")
    told = f"{counted(found.observations, 'observation')} and {counted(found.verdicts, 'checked verdict')}"
    text = (
        f"Imported {told} as {found.origin}, trusted by {found.trust:g}; {found.fresh:,} new, "
        f"{found.unfit:,} left out\n{found.digest}\n"
    )
    show(options, found, text)
    return not found.unfit


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return share
