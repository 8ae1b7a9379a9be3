"""Listings in which the wheels of variants count: those that fit a target, in the order of preference.

What an index says about the variants of a release is asked for only where one of their wheels has tags that
the target can install, for many releases at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from packaging.utils import canonicalize_version

from analyzers.reports import Unknown
from knowledge.indexes.filenames import FilenameReader, document_name, split_label
from knowledge.indexes.listings import listed, listing_from_entries
from knowledge.releases import File, Listing
from knowledge.variants.documents import NULL
from knowledge.variants.ordering import Features, ordered_variants
from knowledge.variants.priorities import NO_PRIORITIES, Priorities
from knowledge.variants.reading import Source
from knowledge.variants.records import ReleaseVariants, Variant, VariantsDocument

MOST_RELEASES = 200
"""Of one project, the newest; the variants of older ones are not looked at."""
MOST_LABELS = 50
"""Of one release about whose variants the index has no file, so that a wheel of each is asked."""
MOST_WHEELS = 200
"""That are asked of one project for want of such files."""


class VariantPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about variants.

    Attributes:
        features: of the target.
        installs: whether the target can install a wheel of these tags.
        priorities: of the user.
    """

    features: Features
    installs: Callable[[str], bool]
    priorities: Priorities = NO_PRIORITIES


class Documents(Protocol):
    """Reads what says what labels mean."""

    def read(self, sources: Sequence[Source]) -> Sequence[VariantsDocument | str]:
        """For each source what it says, or why that is not known."""


class _Labelled:
    """The wheels of variants of one release, and the index's file about them."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.wheels: list[tuple[File, str]] = []
        self.document: File | None = None

    @property
    def labels(self) -> list[str]:
        """Distinct, but for the one that means nothing."""
        return sorted({label for _, label in self.wheels} - {NULL})

    def source(self) -> Source:
        """Where to learn what the labels mean."""
        one = {label: wheel for wheel, label in reversed(self.wheels)}
        wheels = tuple(one[label] for label in self.labels[:MOST_LABELS])
        return Source(document=self.document, wheels=wheels)


def with_variants(listing: Listing, policy: VariantPolicy, reader: Documents) -> Listing:
    """The listing with the wheels of variants; those that do not fit have tags that no target has."""
    by_version = _releases(listing, policy)
    sources = _sources(by_version)
    answers = dict(zip(sources, reader.read(list(sources.values())), strict=True))
    variants: dict[str, ReleaseVariants] = {}
    for version, labelled in by_version.items():
        answer = answers.get(version, _TOO_MANY) if labelled.labels else _NOTHING
        variants[version] = _judged(labelled, answer, policy)
    entries = [listed(file) for position in range(len(listing.versions)) for file in listing.files(position)]
    return listing_from_entries(
        listing.project,
        [*entries, *listing.labelled_files()],
        listing.unparsed,
        index_url=listing.index_url,
        found_links=listing.found_links,
        variants=variants,
    )


def _sources(by_version: Mapping[str, _Labelled]) -> dict[str, Source]:
    """What is asked for newest releases, within the limits, of those that need it."""
    found: dict[str, Source] = {}
    wheels = 0
    for version, labelled in by_version.items():
        source = labelled.source()
        more = len(source.wheels) if source.document is None else 0
        if labelled.labels and len(found) < MOST_RELEASES and wheels + more <= MOST_WHEELS:
            found[version] = source
            wheels += more
    return found


_TOO_MANY = "the project has newer releases with variants, and of so many no more are looked at"
_NOTHING = VariantsDocument(schema="", namespaces=(), variants={})


def _releases(listing: Listing, policy: VariantPolicy) -> dict[str, _Labelled]:
    """The releases with wheels of variants that the target can install, newest first."""
    names = FilenameReader(listing.project)
    found: dict[int, _Labelled] = {}
    links = frozenset(listing.found_links)
    documents: dict[int, File] = {}
    for entry in listing.labelled_files():
        file = entry.file(None if entry.filename in links else listing.index_url)
        plain, label = split_label(entry.filename)
        front = document_name(entry.filename)
        parsed = names.read(plain if front is None else f"{front}-py3-none-any.whl")
        if parsed is None:
            continue
        if front is not None:
            documents[parsed[0]] = file
        elif label and policy.installs(parsed[1]):
            release = f"{listing.project} {names.versions[parsed[0]]}"
            found.setdefault(parsed[0], _Labelled(release)).wheels.append((file, label))
    for position, document in documents.items():
        if position in found:
            found[position].document = document
    newest = sorted(found, key=names.versions.__getitem__, reverse=True)
    return {canonicalize_version(names.versions[position]): found[position] for position in newest}


def _judged(labelled: _Labelled, answer: VariantsDocument | str, policy: VariantPolicy) -> ReleaseVariants:
    """What is known of the variants of one release; a null variant fits whatever is said."""
    release = labelled.release
    has_null = any(label == NULL for _, label in labelled.wheels)
    if isinstance(answer, str):
        source = labelled.source().asked
        where = source[0].filename if source else release
        unknown = Unknown(what=f"variants of {release}", where=where, reason=answer)
        variants = [Variant(label=NULL)] if has_null else []
        return _placed(variants, labelled, (unknown,))
    meant = {label: answer.variants[label] for label in labelled.labels if label in answer.variants}
    variants = ordered_variants(meant, answer.namespaces, policy.features, policy.priorities)
    fitting = [variant for variant in variants if variant.fits]
    if has_null:
        fitting.append(Variant(label=NULL))
    others = [variant for variant in variants if not variant.fits]
    unknowns = [_undecided(variant, labelled) for variant in others if not variant.refused]
    unknowns += [
        Unknown(
            what=f"variant {label} of {release}",
            where="index" if labelled.document is None else labelled.document.filename,
            reason="nothing says what this label means",
        )
        for label in labelled.labels
        if label not in meant
    ]
    return _placed([*fitting, *others], labelled, unknowns)


def _undecided(variant: Variant, labelled: _Labelled) -> Unknown:
    wheel = next(file for file, label in labelled.wheels if label == variant.label)
    return Unknown(
        what=f"whether the variant {variant.label} of {labelled.release} fits",
        where=wheel.filename,
        reason=f"not known: {', '.join(variant.missing)}",
    )


def _placed(
    variants: Iterable[Variant],
    labelled: _Labelled,
    unknowns: Iterable[Unknown],
) -> ReleaseVariants:
    told = tuple(variants)
    order: Mapping[str, int] = {one.label: place for place, one in enumerate(told) if one.fits}
    places = {file.filename: order[label] for file, label in labelled.wheels if label in order}
    return ReleaseVariants(variants=told, places=places, unknowns=tuple(unknowns))
