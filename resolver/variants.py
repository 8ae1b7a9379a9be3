"""What is said of the variants of a pin: which was chosen, by which properties, and why others were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzers.evidence import Justification
from analyzers.reports import Unknown
from knowledge.variants.records import Variant
from resolver.projects import Project
from resolver.target import Target

_UNIT = "variants"
_MOST_TOLD = 12
_MOST_RELEASES = 20


def variant_reasons(project: Project, position: int, target: Target) -> Iterator[Justification]:
    """Why the first file of a release is the wheel of one variant, or of none."""
    known = None if project.listing is None else project.listing.variants_of(position)
    if known is None:
        return
    place = project.files(position, target)[0].place
    chosen = None if place is None else known.variants[place]
    yield _said(_choice(chosen))
    others = [variant for variant in known.variants if variant is not chosen]
    for variant in others[:_MOST_TOLD]:
        yield _said(_verdict(variant))
    if len(others) > _MOST_TOLD:
        yield _said(f"{len(others) - _MOST_TOLD} more variants are less preferred or do not fit")


def variant_unknowns(projects: Iterable[Project], chosen: Mapping[str, int]) -> Iterator[Unknown]:
    """What is not known of the variants of the releases that are in a stack, and of newer ones.

    Args:
        projects: of the search.
        chosen: name to position of what is in the stack.
    """
    for project in projects:
        listing = project.listing
        if listing is None or not listing.variants:
            continue
        first = chosen.get(project.name, 0)
        for position in range(len(listing.versions) - 1, first - 1, -1)[:_MOST_RELEASES]:
            known = listing.variants_of(position)
            yield from () if known is None else known.unknowns
        known = listing.variants_of(first)
        yield from () if known is None else known.unknowns


def _said(message: str) -> Justification:
    return Justification(unit=_UNIT, message=message)


def _choice(chosen: Variant | None) -> str:
    if chosen is None:
        return "no variant is known to fit, so a wheel without a label is taken"
    if not chosen.properties:
        return f"the variant {chosen.label} asks for nothing"
    return f"the variant {chosen.label} fits the target best: it has {', '.join(chosen.properties)}"


def _verdict(variant: Variant) -> str:
    if variant.fits:
        return f"the variant {variant.label} fits, too, and is less preferred"
    if variant.refused:
        return f"the variant {variant.label} does not fit: it asks for {'; for '.join(variant.refused)}"
    return f"the variant {variant.label} was not chosen: not known is {', '.join(variant.missing)}"
