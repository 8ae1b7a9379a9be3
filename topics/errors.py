"""What can go wrong between texts and statements about them: one tree, fields first, remedies as notes."""

from __future__ import annotations


class TopicError(Exception):
    """Texts or models cannot be used."""


class DocumentsError(TopicError):
    """Documents cannot be read; `where` names the file."""

    def __init__(self, where: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason
        if remedy:
            self.add_note(remedy)


class ModelError(TopicError):
    """A stored model is damaged, of another kind, or made by something that is not understood."""

    def __init__(self, where: str, reason: str, remedy: str = "train it anew, or name another model") -> None:
        super().__init__(f"model {where}: {reason}")
        self.where, self.reason = where, reason
        self.add_note(remedy)


class TrainingError(TopicError):
    """A model cannot be made of what was given."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.add_note(remedy)


class MissingExtraError(TopicError):
    """What was asked for needs distributions that are not installed."""

    def __init__(self, what: str, distribution: str) -> None:
        super().__init__(f"{what} needs {distribution}, which is not installed")
        self.what, self.distribution = what, distribution
        self.add_note("pip install 'stackwright[topics]'")
