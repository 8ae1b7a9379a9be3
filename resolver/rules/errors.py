"""What can be wrong with files of rules."""

from __future__ import annotations

from resolver.errors import InputError


class RuleError(InputError):
    """A rule, or the file that holds it, cannot be used.

    Attributes:
        where: file and line.
        reason: without the place.
    """

    def __init__(self, where: str, reason: str, *remedies: str) -> None:
        super().__init__(f"{where}: {reason}", *remedies)
        self.where = where
        self.reason = reason
