"""A project whose search does not end by a proof: it has more releases than a run reads for better stacks."""

from __future__ import annotations

from fakes.indexes.index import FakeIndex

NAME = "heap"
_HUBS = ("hub", "nave", "boss", "axle")


def add_endless(index: FakeIndex) -> None:
    """Add the project; each release costs the same, so that only reading all of them proves anything."""
    for number in range(150):
        index.add(NAME, f"1.{number}", requires=[f"{name}<2" for name in _HUBS])
    for name in _HUBS:
        for number in range(300):
            index.add(name, f"{number}.0")
