"""Findings of an image with a place each: those that lie nowhere in particular are of the image itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from analyzers.evidence import Finding, Location


def placed(findings: Iterable[Finding], reference: str) -> Iterator[Finding]:
    """The same findings; who shows them beside files passes over what has no place.

    Args:
        findings: of one image.
        reference: the image as the user named it.
    """
    for one in findings:
        yield (
            one
            if one.location is not None
            else msgspec.structs.replace(one, location=Location(path=reference))
        )
