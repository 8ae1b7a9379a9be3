"""``stackwright topics plot``: topics, packages and predictions as figures and as one page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments
from resolver.commands.topics.documents import KINDS, add_store, documents_of
from resolver.commands.topics.folders import default_folder
from resolver.commands.topics.show import FOLDER, add_model, load_model

if TYPE_CHECKING:
    from topics.documents import Document
    from topics.plots.page import PageData


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``topics plot``."""
    command.description = (
        "Draw a topic model: a map of its topics with their words and, with --documents, a map of packages; "
        "where enough documents have labels, also how precise predictions are and what they confuse, each "
        "made by a model that did not see the package. One page of HTML has all of it and needs nothing else "
        "(needs the extra 'topics')."
    )
    command.add_argument("folder", metavar="FOLDER", type=Path, help="where figures and page are written")
    add_model(command)
    command.add_argument("--documents", metavar="SOURCE", help=f"packages to draw: {KINDS}")
    command.add_argument(
        "--figures", "--image", dest="figures", choices=("svg", "png", "none"), default="svg",
        help="format of the figures beside the page (default: %(default)s)",
    )  # fmt: skip
    command.add_argument("--seed", metavar="N", type=int, default=0, help="for what is drawn (default: 0)")
    add_store(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Draw; true always."""
    from topics.plots.figures import draw_confusion, draw_packages, draw_risk, draw_topics
    from topics.plots.page import page

    data = _data(options)
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "topics.html"]
    written[0].write_text(page(data), encoding="utf-8")
    if options.figures != "none":
        place = {
            name: folder / f"{name}.{options.figures}" for name in ("topics", "packages", "risk", "confusion")
        }
        draw_topics(place["topics"], data.topics)
        if data.packages:
            draw_packages(
                place["packages"], data.packages, {topic.number: topic.name for topic in data.topics}
            )
        if data.risk:
            draw_risk(place["risk"], data.risk)
        if data.confusion:
            draw_confusion(place["confusion"], data.confusion)
        there = {"topics": True, "packages": data.packages, "risk": data.risk, "confusion": data.confusion}
        written += [place[name] for name, drawn in there.items() if drawn]
    sys.stdout.writelines(f"{path}\n" for path in written)
    return True


def _data(options: argparse.Namespace) -> PageData:
    from resolver.commands.topics.progress import Counted
    from topics.modelling.corpus import counted
    from topics.plots.maps import package_map, topic_map
    from topics.plots.page import PageData

    folder = options.model or default_folder(FOLDER)
    model = load_model(folder)
    told = [f"{len(model)} topics ({model.kind}) of {model.documents:,} documents."]
    data = PageData(title="Topics of packages", told=tuple(told), topics=topic_map(model))
    if not options.documents:
        return data
    import msgspec

    labelled: list[Document] = []
    names: list[str] = []
    lines = documents_of(options.documents, options)
    with Counted(lines, "documents read", quiet=options.quiet) as documents:
        for document in documents:
            names.append(document.name)
            if document.labels:
                labelled.append(document)
    packages = package_map(model, counted(lines, model.terms), names, options.seed)
    told.append(f"{len(packages):,} of {len(names):,} packages are drawn.")
    return msgspec.structs.replace(
        _predicted(data, labelled, told, options), packages=packages, told=tuple(told)
    )


def _predicted(
    data: PageData, labelled: list[Document], told: list[str], options: argparse.Namespace
) -> PageData:
    """With what is predicted of labelled packages; without it where too few are."""
    import msgspec

    from resolver.commands.topics.progress import Steps
    from topics.classifier.examples import read_examples
    from topics.classifier.training import TrainingSettings, train
    from topics.errors import TrainingError
    from topics.plots.predictions import confusion, risk_points

    if not labelled:
        return data
    try:
        examples = read_examples(labelled)
        trained = train(examples, TrainingSettings(), options.seed, Steps(quiet=options.quiet))
    except TrainingError as error:
        told.append(f"No predictions are drawn: {error}.")
        return data
    truth = examples.truth > 0
    told.append(f"Labels of {len(truth):,} packages were predicted by models that had not seen them.")
    return msgspec.structs.replace(
        data,
        risk=risk_points(trained.probabilities, truth),
        confusion=confusion(trained.probabilities, truth, examples.labels),
    )
