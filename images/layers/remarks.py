"""What is odd about the entries of a layer, told without end by none of them: `Remarks`."""

from __future__ import annotations

from analyzers.reports import Unknown
from images.roots.links import shown_path

_SHOWN_BYTES = 200


class Remarks:
    """Collects what could not be taken as it stands.

    Args:
        limit: how many paths are named for one reason; the others are counted.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[str, int] = {}
        self._unknowns: list[Unknown] = []

    def add(self, path: bytes, reason: str) -> None:
        """One entry.

        Args:
            reason: one of few; nothing of what the layer holds belongs into it.
        """
        count = self._counts[reason] = self._counts.get(reason, 0) + 1
        if count <= self._limit:
            shown = shown_path(path[:_SHOWN_BYTES]) + ("…" if len(path) > _SHOWN_BYTES else "")
            self._unknowns.append(Unknown(what="layer entry", where=shown, reason=reason))

    def add_layer(self, reason: str) -> None:
        """The layer as a whole."""
        self._unknowns.append(Unknown(what="layer", where="", reason=reason))

    def unknowns(self) -> tuple[Unknown, ...]:
        """All of it; where it is has the path alone, and nothing for the layer as a whole: see `in_layer`."""
        more = [
            Unknown(what="layer entry", where="", reason=f"{count:,} more entries: {reason}")
            for reason, counted in self._counts.items()
            if (count := counted - self._limit) > 0
        ]
        return (*self._unknowns, *more)


def in_layer(unknown: Unknown, index: int) -> Unknown:
    """What a layer did not know of itself: which it is, counted as reports do."""
    where = f"{unknown.where} in layer {index}" if unknown.where else f"layer {index}"
    return Unknown(what=unknown.what, where=where, reason=unknown.reason)
