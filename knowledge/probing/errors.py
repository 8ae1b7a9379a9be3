"""Why nothing can be said of a stack, or why it cannot be built."""

from __future__ import annotations

from knowledge.errors import KnowledgeError
from knowledge.observations.record import Failure, ReleaseIdentity


class ProbingError(KnowledgeError):
    """A stack cannot be probed, for a reason that says nothing of the stack."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} cannot be probed: {reason}")
        self.what, self.reason = what, reason


class NotBuiltError(KnowledgeError):
    """A stack cannot be built.

    Attributes:
        release: whose fault it is; None where that is not known.
        failure: what went wrong.
        trace: the last lines that were written about it.
        is_known: whether that says something of the stack.
    """

    def __init__(
        self,
        release: ReleaseIdentity | None,
        failure: Failure,
        trace: tuple[str, ...] = (),
        *,
        is_known: bool,
    ) -> None:
        super().__init__(f"{release or 'the stack'} cannot be built: {failure.message}")
        self.release, self.failure, self.trace, self.is_known = release, failure, trace, is_known
