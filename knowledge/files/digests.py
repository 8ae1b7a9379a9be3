"""Compares what was served with the digests that the index promised."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from knowledge.errors import HashMismatchError
from knowledge.releases import File
from knowledge.transport.urls import displayed


def verify(file: File, promised: Mapping[str, str], data: bytes, what: str) -> None:
    """Checks every digest of an algorithm that is known here.

    Args:
        file: named in the error.
        promised: algorithm to hexadecimal digest.
        data: all of what the digests are of.
        what: names it in the error.

    Raises:
        HashMismatchError: one of them differs.
    """
    for algorithm, digest in promised.items():
        if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
            continue
        found = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
        if found != digest.lower():
            reason = f"{what} has {algorithm} {found}, the index promised {digest[:128]}"
            error = HashMismatchError(file.filename, displayed(file.url), reason)
            error.add_note(
                "the index or something between is damaged or was tampered with: do not install it"
            )
            raise error
