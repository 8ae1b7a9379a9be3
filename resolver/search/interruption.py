"""A wish that a search may end, as a signal utters it: heard at once, obeyed where nothing is left half done.

Before there is anything to report nothing is held back: whoever hears the signal ends the run. From the first
stack on the first wish is remembered; searches look for it between moves. What waits for others, such as a
request or a stack that is imported on paper, is broken off instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from knowledge.releases import File, Listing, Metadata
from resolver.context import Context
from resolver.search.budget import StoppedBy
from resolver.source import ReleaseSource
from resolver.states.projects import Project
from resolver.units.verbs import Sieve
from resolver.units.verdicts import Refusal


class SearchInterruptedError(KeyboardInterrupt):
    """What was under way is broken off: the best so far is wanted."""


class Interruption:
    """The wish, and where it may break something off.

    Attributes:
        reason: what uttered it first; None while nothing has.
        is_held: whether there is something to report.
        is_closed: whether it is being written, and nothing is left to end.
    """

    def __init__(self) -> None:
        self.reason: StoppedBy | None = None
        self.is_held = False
        self._breakable = 0
        self.is_closed = False

    def hold(self) -> None:
        """From now on there is something to report."""
        self.is_held = True

    def close(self) -> None:
        """From now on the result is being written: nothing is left to end, and wishes are passed over."""
        self.is_closed = True

    def ask(self, reason: StoppedBy) -> bool:
        """Utter the wish; false where the run must be ended from outside, since nothing here will.

        Raises:
            SearchInterruptedError: something breakable is under way.
        """
        if self.is_closed:
            return True
        if not self.is_held or self.reason is not None:
            return False
        self.reason = reason
        if self._breakable:
            raise SearchInterruptedError
        return True

    @contextmanager
    def breakable(self) -> Iterator[None]:
        """Around what may take long and can be broken off anywhere.

        Raises:
            SearchInterruptedError: the wish is there, or comes meanwhile.
        """
        self._breakable += 1
        try:
            if self.reason is not None:
                raise SearchInterruptedError
            yield
        finally:
            self._breakable -= 1


class BreakableSource:
    """A source of which every answer can be broken off."""

    def __init__(self, source: ReleaseSource, interruption: Interruption) -> None:
        self._source = source
        self._interruption = interruption

    def listing(self, project: str) -> Listing | None:
        """See `resolver.source.ReleaseSource`."""
        with self._interruption.breakable():
            return self._source.listing(project)

    def metadata(self, project: str, file: File) -> Metadata:
        """See `resolver.source.ReleaseSource`."""
        with self._interruption.breakable():
            return self._source.metadata(project, file)

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """See `resolver.source.ReleaseSource`."""
        self._source.prefetch_listings(projects)

    def prefetch_metadata(self, project: str, file: File) -> None:
        """See `resolver.source.ReleaseSource`."""
        self._source.prefetch_metadata(project, file)


class BreakableSieve:
    """A sieve of which every answer can be broken off: some read files."""

    def __init__(self, sieve: Sieve, interruption: Interruption) -> None:
        self.name = sieve.name
        self._sieve = sieve
        self._interruption = interruption

    def applies(self, context: Context) -> bool:
        """Whether the sieve takes part."""
        return self._sieve.applies(context)

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """See `resolver.units.verbs.Sieve`."""
        with self._interruption.breakable():
            return list(self._sieve.refuse(project, context))
