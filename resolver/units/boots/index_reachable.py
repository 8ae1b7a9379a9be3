"""Says that the index was not asked where options forbid it. Makes no request of its own."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Justification
from resolver.context import Context


class IndexReachableBoot:
    """Reminds that newer releases may exist where the index must not be asked."""

    name = "index-reachable"

    def applies(self, context: Context) -> bool:
        """Where --offline is given."""
        return context.offline

    def prepare(self, context: Context) -> Iterator[Justification]:
        """One remark."""
        message = "the index was not asked (--offline): what it lists since the last run is not known"
        yield Justification(unit=self.name, message=message)
