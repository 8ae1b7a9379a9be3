"""What is said of the variants of a pin: which was chosen, by which properties, and why others were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from packaging.version import Version

from analyzers.evidence import Justification
from analyzers.reports import Unknown
from knowledge.indexes.filenames import FilenameReader, split_label
from knowledge.variants.records import ReleaseVariants, Variant
from resolver.context import Context
from resolver.states.projects import Project
from resolver.targets.target import Target

VARIANTS_UNIT = "variants"
"""The unit of what is said here."""
_MOST_TOLD = 12
_MOST_RELEASES = 20


def chosen_variant(project: Project, position: int, target: Target) -> Variant | None:
    """The variant whose wheel is the first file of a release; None where that is no variant."""
    known = _known(project, position)
    place = None if known is None else project.files(position, target)[0].place
    return None if known is None or place is None else known.variants[place]


def variant_reasons(project: Project, position: int, context: Context) -> Iterator[Justification]:
    """Why the first file of a release is the wheel of one variant, or of none; the choice comes first."""
    known = _known(project, position)
    if known is None:
        if context.variants is None and (labels := _labels(project, position)):
            yield _said(f"wheels of {labels} variants were passed over (--variants looks at them)")
        return
    chosen = chosen_variant(project, position, context.target)
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
        last = listing.variants_of(first)  # which the limit may have left out
        yield from () if last is None else last.unknowns


def _known(project: Project, position: int) -> ReleaseVariants | None:
    return None if project.listing is None else project.listing.variants_of(position)


def _labels(project: Project, position: int) -> int:
    """How many labels the wheels of a release have that take no part."""
    if project.listing is None or not project.listing.labelled:
        return 0
    version = Version(project.version(position))
    names = FilenameReader(project.name)
    found = set()
    for entry in project.listing.labelled_files():
        plain, label = split_label(entry.filename)
        parsed = names.read(plain) if label else None
        if parsed is not None and names.versions[parsed[0]] == version:
            found.add(label)
    return len(found)


def _said(message: str) -> Justification:
    return Justification(unit=VARIANTS_UNIT, message=message)


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
