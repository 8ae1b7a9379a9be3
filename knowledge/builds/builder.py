"""What builds an sdist is asked for; see `knowledge.builds.metadata` for what does."""

from __future__ import annotations

from typing import Protocol

from knowledge.releases import File, Metadata


class Builder(Protocol):
    """Builds an sdist to learn what it requires."""

    def metadata(self, project: str, file: File, content: bytes) -> Metadata:
        """The metadata that a build of the file, whose verified content is given, has.

        Raises:
            KnowledgeError: one of its kinds.
        """
