"""``stackwright topics evaluate``: how good a classifier is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from resolver.reports.topic_reports import ClassifierScores
    from topics.classifier.examples import Examples

_FIELDS = ("all", "brief", "authors")
_WHAT = {"all": "every field", "brief": "name and summary", "authors": "what authors write alone"}


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics evaluate``."""
    command.description = (
        "Measure a classifier on labelled documents, with intervals: a stored one, or what training makes of "
        "these documents, tried on folds that it did not see (needs the extra 'topics')."
    )
    command.add_argument(
        "documents", metavar="FILE", help="JSON Lines with the field labels, or - for standard input"
    )
    command.add_argument(
        "--model", metavar="FOLDER", type=Path, help="measure this model; else one is trained"
    )
    command.add_argument(
        "--folds", action="store_true", help="cross-validate over five folds; else validate on the first"
    )
    command.add_argument(
        "--fields", choices=_FIELDS, default="all",
        help="what is read: all, brief (name and summary), authors (all but GitHub topics and what others "
        "wrote) (default: %(default)s)",
    )  # fmt: skip
    command.add_argument("--small", action="store_true", help="measure the small kind of model")
    command.add_argument("--seed", metavar="N", type=int, default=1, help="for what is drawn (default: 1)")
    arguments.add_format(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Measure; true always."""
    from resolver.commands.topics.documents import documents_of
    from topics.classifier.examples import read_examples

    report = _report(read_examples(documents_of(options.documents, options)), options)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(report))
    else:
        sys.stdout.write(_text(report))
    return True


def _report(examples: Examples, options: argparse.Namespace) -> ClassifierScores:

    from analyzers.reports import Input
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.commands.topics.progress import Steps
    from resolver.reports.topic_reports import ClassifierScores, Score
    from topics.classifier.classifier import load_classifier
    from topics.classifier.evaluation import How, evaluate_model, evaluation, held_out_probabilities
    from topics.classifier.training import TrainingSettings, small_settings
    from topics.split import FOLDS
    from topics.text.fields import AUTHORS_FIELDS, BRIEF_FIELDS

    settings = small_settings() if options.small else TrainingSettings()
    read = {"all": settings.fields, "brief": BRIEF_FIELDS, "authors": AUTHORS_FIELDS}[options.fields]
    fields = settings.fields & read
    if options.model:
        how, measured = How.MODEL, examples
        found = evaluate_model(load_classifier(options.model).reading(fields), examples, options.seed)
    else:
        how = How.CROSS_VALIDATION if options.folds else How.VALIDATION
        folds = tuple(range(FOLDS)) if options.folds else (0,)
        said, measured, threshold = held_out_probabilities(
            examples, settings._replace(fields=fields), folds, options.seed, Steps(quiet=options.quiet)
        )
        found = evaluation(said, measured.truth, measured.labels, threshold, options.seed)
    return ClassifierScores(
        tool=tool(),
        input=Input(what=options.documents, digest=examples.digest),
        created_at=written_moment(report_moment()),
        how=how.value,
        documents=len(measured.documents),
        fields=tuple(sorted(fields)),
        scores={
            name: Score(value=round(value, 4), low=round(low, 4), high=round(high, 4))
            for name, (value, low, high) in found.scores.items()
        },
        labels={label: round(value, 4) for label, value in found.labels.items()},
        coverage={at: round(value, 4) for at, value in found.coverage.items()},
    )


def _text(report: ClassifierScores) -> str:
    lines = [
        f"{report.how} on {report.documents:,} documents, of which were read: {', '.join(report.fields)}"
    ]
    lines += [
        f"  {name:<18} {score.value:.3f}  ({score.low:.3f} to {score.high:.3f})"
        for name, score in report.scores.items()
    ]
    lines.append("Precision where only the surest are answered:")
    lines += [f"  {at:>3} %  {value:.3f}" for at, value in report.coverage.items()]
    lines.append("F1 by label:")
    lines += [f"  {label:<18} {value:.3f}" for label, value in report.labels.items()]
    return "".join(f"{line}\n" for line in lines)
