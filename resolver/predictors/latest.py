"""The newest stack: the first that is found, and nothing else is looked at."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolver.landscapes.search import Search


class Latest:
    """Stops at the first stack, as Thoth's predictor of that name does."""

    name = "latest"
    improves = False

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`: no move is made."""
        yield from ()
