"""``stackwright topics update``: a topic model after more documents, and how its topics drifted."""

from __future__ import annotations

import argparse
from pathlib import Path

from resolver.commands.topic_folders import add_format, default_folder, file_digest
from resolver.commands.topics_show import FOLDER, add_model, load_model, write_report


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics update``."""
    command.description = (
        "Let a topic model learn from more documents, over the words that it knows, and tell how its topics "
        "changed. For new words, learn topics anew: topics show --documents."
    )
    command.add_argument("documents", metavar="FILE", help="JSON Lines (plain or .gz)")
    add_model(command)
    add_format(command)


def run(options: argparse.Namespace) -> bool:
    """Update, keep and tell; true always."""
    from resolver.commands.topic_progress import Counted
    from topics.document_lines import document_file
    from topics.modelling.corpus import counted
    from topics.modelling.drift import drift
    from topics.modelling.store import save_topics, topics_manifest

    folder = options.model or default_folder(FOLDER)
    before, manifest = load_model(folder), topics_manifest(folder)
    lines = document_file(Path(options.documents))
    with Counted(lines, "documents counted", quiet=options.quiet) as documents:
        texts = counted(documents, before.terms)
    after = before.updated(texts)
    digest = file_digest([str(folder / "manifest.json"), options.documents])  # of all that it learnt from
    save_topics(folder, after, data_digest=digest, seed=manifest.seed, libraries=dict(manifest.libraries))
    write_report(folder, after, options, [], drift(before, after), lines)
    return True
