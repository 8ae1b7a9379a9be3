"""What units ask about topics, made of the knowledge, the models and the indexes of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from analyzers.reports import Unknown

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from knowledge.documents.project_topics import Classifier
    from knowledge.releases import File, Listing
    from resolver.context import Context
    from resolver.pipeline import Pipeline
    from topics.similar.index import SimilarIndex

_ASKING = frozenset({"topic-boot", "topic-step", "impostor", "suspect-names", "alternatives"})
"""Names of the units that look at topics."""
_CERTAINTY = 0.4
"""Means of calibrated probabilities are taken: who is less sure counts less, and need not abstain for it."""
_ALIVE_MONTHS = 24


def with_topics(
    context: Context, knowledge: Knowledge, pipeline: Pipeline, now: Callable[[], float]
) -> Context:
    """The context with what tells topics, where a unit takes part that asks for them."""
    from knowledge.documents.project_topics import ProjectTopics
    from resolver.commands.topics.folders import default_folder
    from resolver.units.kinds import by_kind

    if not _ASKING & {unit.name for _, units in by_kind(pipeline) for unit in units}:
        return context
    topics = ProjectTopics(knowledge, _first_file(context), _classifier, _model(), now)
    folder = default_folder("similar-index")
    similar = LocalSimilar(folder, context, knowledge) if (folder / "manifest.json").is_file() else None
    return msgspec.structs.replace(context, topics=topics, similar=similar)


class LocalSimilar:
    """The index that `topics similar` built here; it is loaded when it is first asked.

    Args:
        folder: of the index.
        context: alternatives must serve its Python.
        knowledge: is told where the index cannot be read.
    """

    def __init__(self, folder: Path, context: Context, knowledge: Knowledge) -> None:
        self._folder = folder
        self._python = f"{context.target.python.major}.{context.target.python.minor}"
        self._knowledge = knowledge
        self._index: SimilarIndex | None = None
        self._is_damaged = False

    def alternatives(self, project: str, most: int) -> Sequence[tuple[str, str]]:
        """Names of projects that are alive, the most similar first, each with what it shares."""
        from topics.similar.facts import Filters, months_before

        index = self._loaded()
        number = None if index is None else index.number(project)
        if index is None or number is None:
            return ()
        alive = Filters(python=self._python, since=months_before(index.newest_month, _ALIVE_MONTHS))
        found = index.similar(number, most, alive)
        return tuple((one.name, f"shares: {', '.join(one.shares)}") for one in found)

    def _loaded(self) -> SimilarIndex | None:
        from topics.errors import ModelError
        from topics.similar.store import load_index

        if self._index is None and not self._is_damaged:
            try:
                self._index = load_index(self._folder)
            except ModelError as error:
                self._is_damaged = True
                self._knowledge.doubt(
                    [Unknown(what="similar packages", where=str(self._folder), reason=str(error))]
                )
        return self._index


def _first_file(context: Context) -> Callable[[Listing], File | None]:
    """The file of a project that the search would read first: mostly nothing is read for this alone."""
    from packaging.specifiers import InvalidSpecifier

    from resolver.search.speculation import FirstChoice

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
        classifier = load_classifier(default_folder())
    except ModelError:
        return None
    classifier.certainty = min(classifier.certainty, _CERTAINTY)
    return classifier


def _model() -> str:
    """What tells the classifier that ships from others, without loading it."""
    import hashlib

    import topics.models

    try:
        manifest = (Path(topics.models.__path__[0]) / "default" / "manifest.json").read_bytes()
    except OSError:
        return ""
    return f"{hashlib.sha256(manifest).hexdigest()} {_CERTAINTY}"
