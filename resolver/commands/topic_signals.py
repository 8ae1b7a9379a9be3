"""What units ask about topics, made of the knowledge, the models and the indexes of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from knowledge.project_topics import Classifier
    from knowledge.releases import File, Listing
    from resolver.context import Context
    from resolver.pipeline import Pipeline

_ASKING = frozenset({"topic-boot", "topic-step", "impostor", "suspect-names", "alternatives"})
"""Names of the units that look at topics."""


def with_topics(
    context: Context, knowledge: Knowledge, pipeline: Pipeline, now: Callable[[], float]
) -> Context:
    """The context with what tells topics, where a unit takes part that asks for them."""
    from knowledge.project_topics import ProjectTopics
    from resolver.units.kinds import by_kind

    if not _ASKING & {unit.name for _, units in by_kind(pipeline) for unit in units}:
        return context
    topics = ProjectTopics(knowledge, _first_file(context), _classifier, _model(), now)
    return msgspec.structs.replace(context, topics=topics)


def _first_file(context: Context) -> Callable[[Listing], File | None]:
    """The file of a project that the search would read first: mostly nothing is read for this alone."""
    from packaging.specifiers import InvalidSpecifier

    from resolver.speculation import FirstChoice

    first = FirstChoice(context)

    def first_file(listing: Listing) -> File | None:
        if context.cutoff is not None:
            listing = context.cutoff.restricted(listing)
        stated = (statement.specifiers for statement in context.statements(listing.project))
        try:
            return first.first_file(listing, ",".join(filter(None, stated)))
        except InvalidSpecifier:
            return None

    return first_file


def _classifier() -> Classifier | None:
    """The classifier that ships; None where it is not there: then nothing has topics."""
    from topics.classifier.classifier import default_folder, load_classifier
    from topics.errors import ModelError

    try:
        return load_classifier(default_folder())
    except ModelError:
        return None


def _model() -> str:
    """What tells the classifier that ships from others, without loading it."""
    import hashlib
    from importlib.resources import files

    try:
        manifest = files("topics.models").joinpath("default", "manifest.json").read_bytes()
    except OSError:
        return ""
    return hashlib.sha256(manifest).hexdigest()
