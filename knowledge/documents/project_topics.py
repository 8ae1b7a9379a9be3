"""What projects are about, by the summaries and classifiers of their newest releases.

What a release says comes with the metadata that a run reads anyway; topics are kept in the store by the text
and the model that told them, so that a warm run loads no model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError, OfflineError, StoreError
from knowledge.releases import File, Listing
from topics.documents import Document
from topics.vectors import TopicVector

_INSTRUMENT = "topics/1"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(TopicVector).decode


class Classifier(Protocol):
    """Tells topics from documents."""

    def vector(self, document: Document) -> TopicVector:
        """The topics of a document, or an abstention."""


class ProjectTopics:
    """Answers for one run.

    Args:
        knowledge: of indexes; keeps what was told.
        first_file: the file of a listing whose release stands for the project; None where none can be used.
        classifier: loads a model when it is first called; None where there is none, and all abstain.
        model: names it: the same one tells the same.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        first_file: Callable[[Listing], File | None],
        classifier: Callable[[], Classifier | None],
        model: str,
        now: Callable[[], float],
    ) -> None:
        self._knowledge = knowledge
        self._first_file = first_file
        self._load = classifier
        self._model = model
        self._kept = knowledge.derivations(_INSTRUMENT, now)
        self._documents: dict[str, Document | None] = {}
        self._vectors: dict[str, TopicVector] = {}

    def expect(self, projects: Sequence[str]) -> None:
        """Ask for what these projects say, all at once.

        Raises:
            TransportError: the index that is asked for their releases cannot be reached.
        """
        self._knowledge.prefetch_listings(projects)
        for project in projects:
            try:
                listing = self._knowledge.listing(project)
            except (OfflineError, StoreError):
                continue
            file = None if listing is None else self._first_file(listing)
            if file is not None:
                self._knowledge.prefetch_metadata(project, file)

    def document(self, project: str) -> Document | None:
        """What a project (normalised name) says of itself; None where that cannot be known."""
        if project not in self._documents:
            self._documents[project] = self._read(project)
        return self._documents[project]

    def vector(self, project: str) -> TopicVector:
        """Its topics; an abstention where it does not say enough, or nothing can be known."""
        if project not in self._vectors:
            self._vectors[project] = self._told(project)
        return self._vectors[project]

    def _read(self, project: str) -> Document | None:
        try:
            listing = self._knowledge.listing(project)
            file = None if listing is None else self._first_file(listing)
            if file is None:
                return None
            metadata = self._knowledge.metadata(project, file)
        except KnowledgeError:
            return None  # a run that needs it says so itself; nothing is concluded here
        return Document(
            name=project,
            version=metadata.version,
            summary=metadata.summary,
            classifiers=metadata.classifiers,
        )

    def _told(self, project: str) -> TopicVector:
        abstained = TopicVector(name=project, abstained=True)
        document = self.document(project)
        if document is None or not (document.summary or document.classifiers):
            return abstained
        key = self._key(document)
        kept = self._kept.known([key]).get(key)
        if kept is not None:
            try:
                return _decode(kept)
            except UNDECODABLE:
                pass  # what cannot be read is told anew
        classifier = self._load()
        if classifier is None:
            return abstained
        vector = classifier.vector(document)
        self._kept.keep({key: _encode(vector)})
        return vector

    def _key(self, document: Document) -> str:
        said = [self._model, document.name, document.summary, document.classifiers]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
