"""``stackwright topics classify``: what packages are about."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments
from resolver.commands.topics.documents import KINDS

if TYPE_CHECKING:
    from resolver.commands.topics.subjects import Subjects
    from resolver.reports.topic_reports import Classification, PackageLabels
    from topics.classifier.classifier import Classifier
    from topics.vectors import TopicVector


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics classify``."""
    command.description = (
        "Tell what packages are about. Of a project, the METADATA of its newest wheel is read; nothing is "
        "installed or downloaded whole."
    )
    command.add_argument(
        "subjects", nargs="+", metavar="NAME|FILE",
        help=f"projects, {KINDS}, or - for JSON Lines on standard input",
    )  # fmt: skip
    command.add_argument(
        "--small", action="store_true", help="use the small model, which is several times faster"
    )
    command.add_argument("--model", metavar="FOLDER", type=Path, help="use a model that train wrote")
    command.add_argument(
        "--certainty", metavar="P", type=probability,
        help="abstain where the likeliest label has a probability below P (default: what the model says)",
    )  # fmt: skip
    command.add_argument("--strict", action="store_true", help="exit with 1 when it abstained on any package")
    arguments.add_format(command)
    arguments.add_index(command)
    arguments.add_quiet(command)


def probability(text: str) -> float:
    """A number in [0, 1]."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 0 to 1")
    return value


def run(options: argparse.Namespace) -> bool:
    """Classify; whether everything that ``--strict`` demands is so."""
    from resolver.commands.topics.progress import Counted
    from resolver.commands.topics.subjects import Subjects
    from topics.classifier.classifier import default_folder, load_classifier

    classifier = load_classifier(options.model or default_folder(small=options.small))
    if options.certainty is not None:
        classifier.certainty = options.certainty
    subjects = Subjects(options.subjects, options)
    abstained = 0
    with Counted(subjects, "packages read", quiet=options.quiet) as documents:
        vectors = classifier.classify(documents)
        if options.format == "json":
            report = _report(classifier, vectors, subjects, options)
            abstained = sum(package.abstained for package in report.packages)
            from resolver.outputs.json_text import json_text

            sys.stdout.write(json_text(report))
        else:
            for package in _packages(classifier, vectors):
                abstained += package.abstained
                sys.stdout.write(_line(package))
    if options.format == "text":
        from resolver.commands.notes import show_note

        for unknown in subjects.unknowns:
            show_note(f"{unknown.where}: {unknown.reason}")
    return not (options.strict and (abstained or subjects.unknowns))


def _packages(classifier: Classifier, vectors: Iterator[TopicVector]) -> Iterator[PackageLabels]:
    from resolver.reports.topic_reports import LabelProbability, PackageLabels

    for vector in vectors:
        labels = tuple(
            LabelProbability(label=label, probability=round(value, 4))
            for label, value in classifier.said(vector)
        )
        yield PackageLabels(name=vector.name, labels=labels, abstained=vector.abstained)


def _report(
    classifier: Classifier, vectors: Iterator[TopicVector], subjects: Subjects, options: argparse.Namespace
) -> Classification:

    from analyzers.reports import Input
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.reports.topic_reports import Classification

    packages = tuple(_packages(classifier, vectors))
    return Classification(
        tool=tool(),
        input=Input(what=" ".join(options.subjects), digest=subjects.digest),
        created_at=written_moment(report_moment()),
        unknowns=tuple(subjects.unknowns),
        model=classifier.manifest.data_digest,
        packages=packages,
    )


def _line(package: PackageLabels) -> str:
    from resolver.commands.notes import printable

    said = ", ".join(f"{each.label} {each.probability:.2f}" for each in package.labels)
    return printable(f"{package.name}  {said or 'abstained'}") + "\n"
