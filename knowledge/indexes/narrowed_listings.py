"""Listings reduced to some of their releases."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from knowledge.releases import Listing


def narrowed(listing: Listing, kept: Iterable[int]) -> Listing:
    """The listing with nothing but the releases at these positions, in their order."""
    order = sorted(set(kept))
    new = {position: number for number, position in enumerate(order)}
    return msgspec.structs.replace(
        listing,
        versions=tuple(listing.versions[at] for at in order),
        prereleases=tuple(new[at] for at in listing.prereleases if at in new),
        yanked={new[at]: reason for at, reason in listing.yanked.items() if at in new},
        shape_of=tuple(listing.shape_of[at] for at in order),
        encoded_files=tuple(listing.encoded_files[at] for at in order),
        uploaded=tuple(listing.uploaded[at] for at in order),
        completed=tuple(listing.completed[at] for at in order),
    )
