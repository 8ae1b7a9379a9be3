"""What is kept of projects, each of which is looked up once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadOnce(Generic[T]):
    """Answers by project, remembered for the time of a run.

    Args:
        read: what is kept of projects that were not asked for before, all of them in one go; those of which
            nothing is kept may be left out.
    """

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Sequence[T]]]) -> None:
        self._read = read
        self._known: dict[str, Sequence[T]] = {}

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[T]]:
        """What is kept of each project (normalised name); empty where nothing is.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = list(projects)
        unread = [project for project in wanted if project not in self._known]
        if unread:
            found = self._read(unread)
            for project in unread:
                self._known[project] = found.get(project, ())
        return {project: self._known[project] for project in wanted}
