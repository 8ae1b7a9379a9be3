"""``stackwright topics show``: the topics of a model, which is learnt first where documents are given."""

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
    from resolver.reports.topic_model_reports import TopicsReport
    from topics.modelling.drift import Drift
    from topics.modelling.model import TopicModel
    from topics.modelling.quality import TopicQuality

FOLDER = "topic-model"
_KINDS = ("nmf", "lda", "lda-multicore", "lda-ensemble", "lsi", "hdp")
_TRIED = (10, 20, 30, 40, 60)


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics show``."""
    command.description = (
        "Show topics that are in texts about packages, each by the words that are frequent in it. With "
        "--documents they are learnt first, and kept (needs the extra 'topics')."
    )
    add_model(command)
    command.add_argument("--documents", metavar="SOURCE", help=f"learn topics from {KINDS}")
    command.add_argument(
        "--kind", choices=_KINDS, default="nmf", help="how they are learnt (default: %(default)s)"
    )
    command.add_argument(
        "--topics", metavar="N", type=count, default=30, help="how many are learnt (default: %(default)s)"
    )
    command.add_argument(
        "--choose", action="store_true",
        help=f"try {', '.join(map(str, _TRIED))} topics; take what is best by NPMI, diversity and stability",
    )  # fmt: skip
    command.add_argument(
        "--phrases", action="store_true", help="join words that mostly stand together, as machine_learning"
    )
    command.add_argument("--seed", metavar="N", type=int, default=0, help="for what is drawn (default: 0)")
    command.add_argument("--against", metavar="FOLDER", type=Path, help="tell what differs from this model")
    add_store(command)
    add_format(command)


def add_model(command: argparse.ArgumentParser) -> None:
    """Where the model is."""
    command.add_argument(
        "--model", metavar="FOLDER", type=Path,
        help="the topic model (default: topic-model in the user's data directory)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> bool:
    """Show; true always."""
    from topics.modelling.drift import drift
    from topics.modelling.store import load_topics

    folder = options.model or default_folder(FOLDER)
    before = load_topics(options.against) if options.against else None
    quality: list[TopicQuality] = []
    unknowns: Documents | None = None
    if options.documents:
        model, quality, unknowns = _learnt(folder, options)
    else:
        model = load_model(folder)
    write_report(folder, model, options, quality, drift(before, model) if before else None, unknowns)
    return True


def load_model(folder: Path) -> TopicModel:
    """The model of a folder.

    Raises:
        InputError: there is no such folder.
        ModelError: what is there is no model.
    """
    from resolver.errors import InputError
    from topics.modelling.store import load_topics

    if not folder.is_dir():
        raise InputError(f"{folder} has no topic model", "learn one: topics show --documents SOURCE")
    return load_topics(folder)


def _learnt(folder: Path, options: argparse.Namespace) -> tuple[TopicModel, list[TopicQuality], Documents]:
    import importlib.metadata

    from resolver.commands.topics.progress import Counted, Steps
    from topics.modelling.corpus import counted, learnt_phrases, vocabulary
    from topics.modelling.learners import LEARNERS
    from topics.modelling.quality import chosen_count
    from topics.modelling.store import save_topics

    lines = documents_of(options.documents, options)
    phrases = learnt_phrases(lines) if options.phrases else None
    with Counted(lines, "documents read for their words", quiet=options.quiet) as documents:
        terms = vocabulary(documents, phrases)
    with Counted(lines, "documents counted", quiet=options.quiet) as documents:
        texts = counted(documents, terms, phrases)
    learner = LEARNERS[options.kind]
    steps = Steps(quiet=options.quiet)
    wanted: int = options.topics
    quality: list[TopicQuality] = []
    tried = [number for number in _TRIED if number <= min(len(terms), len(texts)) // 2]
    if options.choose and tried:
        done: list[TopicQuality] = []

        def told(measured: TopicQuality) -> None:
            done.append(measured)
            steps("numbers of topics tried", len(done), len(tried))

        steps("numbers of topics tried", 0, len(tried))
        wanted, quality = chosen_count(learner, texts, tried, options.seed, told)
    steps("learning", 0, 1)
    model = learner.learn(texts, wanted, options.seed)
    steps("learning", 1, 1)
    libraries = {name: importlib.metadata.version(name) for name in ("scikit-learn", "gensim")}
    save_topics(folder, model, data_digest=lines.digest, seed=options.seed, libraries=libraries)
    return model, quality, lines


def write_report(
    folder: Path,
    model: TopicModel,
    options: argparse.Namespace,
    quality: list[TopicQuality],
    change: Drift | None,
    lines: Documents | None,
) -> None:
    """Write what a model has, as text or as JSON."""
    from resolver.commands.notes import show_note
    from resolver.reports.topic_model_reports import TopicsReport

    tool, given, moment = head(str(folder), file_digest([str(folder / "manifest.json")]))
    report = TopicsReport(
        tool=tool, input=given, created_at=moment, kind=model.kind, documents=model.documents,
        topics=tuple(model.topics()), quality=tuple(quality), drift=change,
        unknowns=tuple(lines.unknowns) if lines else (),
    )  # fmt: skip
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(report))
        return
    for unknown in report.unknowns:
        show_note(f"{unknown.where}: {unknown.reason}")
    sys.stdout.writelines(f"{line}\n" for line in _lines(report))


def _lines(report: TopicsReport) -> Iterator[str]:
    yield f"{len(report.topics)} topics ({report.kind}) of {report.documents:,} documents:"
    for topic in report.topics:
        yield f"  {topic.number:>3}  {100 * topic.share:4.1f} %  {topic.name}: {', '.join(topic.terms)}"
    for entry in report.quality:
        yield (
            f"{entry.topics} topics: NPMI {entry.npmi:.3f}, c_v {entry.c_v:.3f}, "
            f"diversity {entry.diversity:.3f}, stability {entry.stability:.3f}"
        )
    if report.drift:
        for shift in report.drift.shifts:
            changed = [f"+{term}" for term in shift.came] + [f"-{term}" for term in shift.went]
            if changed:
                yield f"shifted by {shift.divergence:.3f}: {shift.after}: {' '.join(changed)}"
        for name in report.drift.appeared:
            yield f"appeared: {name}"
        for name in report.drift.vanished:
            yield f"vanished: {name}"
        if not (report.drift.appeared or report.drift.vanished or any(s.came for s in report.drift.shifts)):
            yield "no topic came, went, or changed its frequent words"
