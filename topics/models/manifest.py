"""What a stored model says of itself, so that it can be judged, repeated and refused."""

from __future__ import annotations

import msgspec

FORMAT = 1
"""Of the folder; a model of another format is refused."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the model.

    Attributes:
        digest: ``sha256:…`` of its content.
    """

    size_bytes: int
    digest: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a stored model.

    Attributes:
        kind: what can load it, such as ``classifier``.
        revision: of the meaning of its arrays; who loads it refuses others than its own.
        data_digest: ``sha256:…`` of what it was trained on.
        documents: how many that were.
        split: the rule by which validation data were kept apart.
        labels: in the order of the arrays; empty for a model without labels.
        libraries: distribution to version, of those that made it.
        metrics: measured on data that were not trained on.
        settings: what it was made with.
        files: name to what must be found there.
    """

    format: int = FORMAT
    kind: str
    revision: int
    data_digest: str
    documents: int
    split: str
    seed: int
    labels: tuple[str, ...] = ()
    libraries: dict[str, str] = {}
    metrics: dict[str, float] = {}
    settings: dict[str, str | int | float | bool | None] = {}
    files: dict[str, StoredFile] = {}
