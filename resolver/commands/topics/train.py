"""``stackwright topics train``: a classifier of your own from labelled documents."""

from __future__ import annotations

import argparse
import sys

from resolver.commands.options import arguments


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics train``."""
    command.description = (
        "Train a classifier on labelled documents and write it as a folder of arrays and JSON. "
        "Needs the extra 'topics'."
    )
    command.add_argument(
        "documents", metavar="FILE", help="JSON Lines with the field labels, or - for standard input"
    )
    arguments.add_output(command, "the model to a directory", metavar="DIR", required=True)
    command.add_argument(
        "--small", action="store_true", help="read words of short texts alone: small and fast"
    )
    command.add_argument(
        "--seed", metavar="N", type=int, default=1, help="for whatever is drawn (default: 1)"
    )
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Train; true always."""
    from resolver.commands.notes import show_note
    from resolver.commands.topics.documents import documents_of
    from resolver.commands.topics.progress import Steps
    from topics.classifier.classifier import save_classifier
    from topics.classifier.examples import read_examples
    from topics.classifier.training import TrainingSettings, small_settings, train

    lines = documents_of(options.documents, options)
    examples = read_examples(lines)
    for unknown in lines.unknowns:
        show_note(f"{unknown.where}: {unknown.reason}")
    settings = small_settings() if options.small else TrainingSettings()
    trained = train(examples, settings, options.seed, Steps(quiet=options.quiet))
    manifest = save_classifier(options.output, trained.stored)
    size_bytes = sum(file.size_bytes for file in manifest.files.values())
    told = ", ".join(f"{name} {value:.3f}" for name, value in manifest.metrics.items())
    sys.stdout.write(
        f"Wrote {options.output}: {len(manifest.labels)} labels from {manifest.documents:,} documents, "
        f"{size_bytes / 1e6:.1f} MB\nOut of fold: {told}\n"
    )
    return True
