"""What can be wrong with what a user asks of the resolver, before any search; remedies as notes."""

from __future__ import annotations


class InputError(Exception):
    """The input or the options cannot be used, or not together."""

    def __init__(self, message: str, *remedies: str) -> None:
        super().__init__(message)
        for remedy in remedies:
            self.add_note(remedy)
