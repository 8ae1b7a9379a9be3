"""Listings as they stood at a moment: without the files that were uploaded later.

A release keeps its place; where no file is left its set of shapes is empty. Files of which the index does not
say when they were uploaded are left out.
"""

from __future__ import annotations

from operator import attrgetter

import msgspec

from knowledge.indexes.listings import listed
from knowledge.indexes.upload_times import first_and_last
from knowledge.releases import File, Listing, Shape

_SECONDS = len("2024-01-01T00:00:00")
_encode = msgspec.msgpack.Encoder().encode


def uploaded_before(listing: Listing, moment: str) -> Listing:
    """The listing with nothing but files uploaded before a moment.

    Files are decoded only of releases that got files both before and after it.

    Args:
        listing: whose `uploaded` and `completed` are believed.
        moment: such as ``2024-01-01T00:00:00``, in UTC.
    """
    shapes: dict[tuple[Shape, ...], int] = {of_release: at for at, of_release in enumerate(listing.shapes)}
    shape_of, encoded_files = list(listing.shape_of), list(listing.encoded_files)
    yanked = dict(listing.yanked)
    for position, (first, last) in enumerate(zip(listing.uploaded, listing.completed, strict=True)):
        if last is not None and last[:_SECONDS] < moment:
            continue
        files: tuple[File, ...] = ()
        if first is not None and first[:_SECONDS] < moment:
            files = tuple(file for file in listing.files(position) if is_before(file.uploaded_at, moment))
        of_release = tuple(sorted({_shape(file) for file in files}, key=attrgetter("order")))
        shape_of[position] = shapes.setdefault(of_release, len(shapes))
        encoded_files[position] = _encode([listed(file) for file in files])
        reasons = [file.yanked for file in files if file.yanked is not None]
        if files and len(reasons) == len(files):
            yanked[position] = next(filter(None, reasons), "")
    return msgspec.structs.replace(
        listing,
        shapes=tuple(shapes),
        shape_of=tuple(shape_of),
        encoded_files=tuple(encoded_files),
        yanked=yanked,
    )


def is_before(uploaded_at: str | None, moment: str) -> bool:
    """Whether a time as an index writes it is known and lies before a moment."""
    normalised, _ = first_and_last([uploaded_at])
    return normalised is not None and normalised[:_SECONDS] < moment


def _shape(file: File) -> Shape:
    return Shape(file.tags.lower(), file.requires_python)
