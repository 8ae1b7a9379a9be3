"""``stackwright topics similar``: which packages are about the same, and why."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.topics.documents import KINDS, add_store, documents_of
from resolver.commands.topics.folders import add_format, count, default_folder, file_digest, head

if TYPE_CHECKING:
    from resolver.commands.topics.documents import Documents
    from resolver.reports.topic_model_reports import SimilarPackages
    from topics.similar.index import SimilarIndex

_FOLDER = "similar-index"


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics similar``."""
    command.description = (
        "Tell which packages are similar to others, and which words they share: advice, not a replacement. "
        "The index that is searched is built here, from documents, and kept."
    )
    command.add_argument("names", nargs="*", metavar="NAME", help="a package of the index")
    command.add_argument(
        "--documents", metavar="SOURCE", help=f"build the index anew from {KINDS}",
    )  # fmt: skip
    command.add_argument(
        "--index-folder", metavar="FOLDER", type=Path,
        help="where the index is kept (default: similar-index in the user's data directory)",
    )  # fmt: skip
    command.add_argument(
        "--vectors", action="store_true",
        help="with --documents: also compare vectors of meaning, learnt from them (needs the extra 'topics')",
    )  # fmt: skip
    command.add_argument(
        "--labels", action="store_true", help="with --documents: also compare labels that classify predicts"
    )
    command.add_argument(
        "-n", "--count", metavar="N", type=count, default=10, help="show N for each (default: %(default)s)"
    )
    command.add_argument(
        "--python", metavar="VERSION", default="",
        help="only those that do not name other versions of Python than this one, such as 3.12",
    )  # fmt: skip
    command.add_argument(
        "--license", metavar="WORD", default="", help="only those whose licence has this word, such as MIT"
    )
    command.add_argument(
        "--alive", metavar="MONTHS", type=count,
        help="only those that were uploaded in so many months before the newest of the index",
    )  # fmt: skip
    add_store(command)
    add_format(command)


def run(options: argparse.Namespace) -> bool:
    """Build where asked to, then search; true always."""
    from resolver.errors import InputError
    from resolver.reports.topic_model_reports import SimilarReport
    from topics.similar.store import load_index

    folder = options.index_folder or default_folder(_FOLDER)
    lines = None
    if options.documents:
        lines = documents_of(options.documents, options)
        index = _built(lines, folder, options)
    else:
        if not options.names:
            raise InputError("no package is named", "name one, or give --documents to build an index")
        if not folder.is_dir():
            raise InputError(
                f"{folder} has no index",
                "build one: --documents store: of what the store knows, or --documents SOURCE of JSON Lines, "
                "wheels, an environment or an image",
            )
        index = load_index(folder)
    packages = tuple(_similar(index, name, options) for name in options.names)
    unknowns = tuple(lines.unknowns) if lines else ()
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        tool, given, moment = head(str(folder), file_digest([str(folder / "manifest.json")]))
        report = SimilarReport(
            tool=tool,
            input=given,
            created_at=moment,
            indexed=len(index),
            packages=packages,
            unknowns=unknowns,
        )
        sys.stdout.write(json_text(report))
        return True
    from resolver.commands.notes import show_note

    for unknown in unknowns:
        show_note(f"{unknown.where}: {unknown.reason}")
    if options.documents:
        sys.stdout.write(f"{len(index):,} packages indexed in {folder}\n")
    sys.stdout.writelines(f"{line}\n" for package in packages for line in _lines(package))
    return True


def _built(lines: Documents, folder: Path, options: argparse.Namespace) -> SimilarIndex:
    from resolver.commands.topics.progress import terminal
    from topics.similar.building import Predict, build_index
    from topics.similar.store import save_index

    predict: Predict | None = None
    if options.labels:
        import numpy as np

        from topics.classifier.classifier import default_folder as default_classifier
        from topics.classifier.classifier import load_classifier

        classifier = load_classifier(default_classifier())
        predict = lambda documents: classifier.probabilities(documents).astype(np.float32)  # noqa: E731
    line = terminal(quiet=options.quiet)
    try:
        index = build_index(
            lines,
            predict=predict,
            with_vectors=options.vectors,
            told=lambda what, done: line.show(f"{done:,} {what}") if line else None,
        )
    finally:
        if line:
            line.clear()
    save_index(folder, index, data_digest=lines.digest)
    return index


def _similar(index: SimilarIndex, name: str, options: argparse.Namespace) -> SimilarPackages:
    from resolver.errors import InputError
    from resolver.reports.topic_model_reports import SimilarPackages
    from topics.similar.facts import Filters, months_before

    number = index.number(name)
    if number is None:
        raise InputError(f"the index has no package {name}", "build one with its documents: --documents FILE")
    since = months_before(index.newest_month, options.alive) if options.alive else ""
    filters = Filters(python=options.python, license=options.license, since=since)
    return SimilarPackages(
        name=index.facts[number].name, similar=tuple(index.similar(number, options.count, filters))
    )


def _lines(package: SimilarPackages) -> Iterator[str]:
    yield f"Similar to {package.name}:"
    size = max((len(other.name) for other in package.similar), default=0)
    for other in package.similar:
        known = [
            f"shares: {', '.join(other.shares)}" if other.shares else "close to what shares words with it"
        ]
        known += [f"rank {other.popularity:,}"] if other.popularity else []
        known += [other.month] if other.month else []
        yield f"  {other.name.ljust(size)}  {'; '.join(known)}"
    if not package.similar:
        yield "  none that shares words with it and passes the filters"
