"""``stackwright topics update``: a topic model after more documents, and how its topics drifted."""

from __future__ import annotations

import argparse

from analyzers.digests import sha256_of
from resolver.commands.topics.documents import KINDS, add_store, documents_of
from resolver.commands.topics.folders import add_format, default_folder, file_digest
from resolver.commands.topics.show import FOLDER, add_model, load_model, write_report


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics update``."""
    command.description = (
        "Let a topic model learn from more documents, over the words that it knows, and tell how its topics "
        "changed. For new words, learn topics anew: topics show --documents."
    )
    command.add_argument("documents", metavar="SOURCE", help=KINDS)
    add_model(command)
    add_store(command)
    add_format(command)


def run(options: argparse.Namespace) -> bool:
    """Update, keep and tell; true always."""
    from resolver.commands.topics.progress import Counted
    from topics.modelling.corpus import counted
    from topics.modelling.drift import drift
    from topics.modelling.store import save_topics, topics_manifest

    folder = options.model or default_folder(FOLDER)
    before, manifest = load_model(folder), topics_manifest(folder)
    lines = documents_of(options.documents, options)
    with Counted(lines, "documents counted", quiet=options.quiet) as documents:
        texts = counted(documents, before.terms)
    after = before.updated(texts)
    learnt = f"{file_digest([str(folder / 'manifest.json')])}\n{lines.digest}"  # all that it learnt from
    digest = sha256_of(learnt.encode())
    save_topics(folder, after, data_digest=digest, seed=manifest.seed, libraries=dict(manifest.libraries))
    write_report(folder, after, options, [], drift(before, after), lines)
    return True
