"""Topics from a table, for units that ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topics.documents import Document
from topics.vectors import TopicVector


class TableTopics:
    """What projects say, and what they are about; who is in neither table is silent.

    Args:
        topics: project to label to probability.
        summaries: project to summary.
        classifiers: project to classifiers.

    Attributes:
        asked: projects whose document was asked for, in order.
    """

    def __init__(
        self,
        topics: Mapping[str, Mapping[str, float]] = {},
        summaries: Mapping[str, str] = {},
        classifiers: Mapping[str, Sequence[str]] = {},
    ) -> None:
        self._topics, self._summaries, self._classifiers = topics, summaries, classifiers
        self.asked: list[str] = []

    def expect(self, projects: Sequence[str]) -> None:
        """Does nothing: there is nothing to wait for."""

    def document(self, project: str) -> Document | None:
        self.asked.append(project)
        if project not in self._summaries and project not in self._classifiers:
            return None
        return Document(
            name=project,
            summary=self._summaries.get(project, ""),
            classifiers=tuple(self._classifiers.get(project, ())),
        )

    def vector(self, project: str) -> TopicVector:
        found = self._topics.get(project)
        if found is None:
            return TopicVector(name=project, abstained=True)
        return TopicVector(name=project, probabilities=dict(found))


class TableSimilar:
    """Project to what may take its place, each with what they share."""

    def __init__(self, table: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._table = table

    def alternatives(self, project: str, most: int) -> Sequence[tuple[str, str]]:
        return self._table.get(project, ())[:most]
