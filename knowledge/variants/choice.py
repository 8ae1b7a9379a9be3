"""Listings in which the wheels of variants count: those that fit a target, in the order of preference.

What an index says about the variants of a release is asked for only where one of their wheels has tags that
the target can install, for many releases at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec
from packaging.utils import canonicalize_version

from analyzers.reports import Unknown
from knowledge.filenames import FilenameReader, document_name, split_label
from knowledge.listings import listed, listing_from_entries
from knowledge.releases import File, Listing
from knowledge.variants.documents import NULL
from knowledge.variants.ordering import Features, ordered_variants
from knowledge.variants.priorities import NO_PRIORITIES, Priorities
from knowledge.variants.reading import Source, VariantsReader
from knowledge.variants.records import ReleaseVariants, Variant, VariantsDocument

MOST_RELEASES = 200
"""Of one project, the newest; the variants of older ones are not looked at."""
MOST_LABELS = 50
"""Of one release whose index has no file about them, so that each is asked itself."""


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


class _Labelled:
    """The wheels of variants of one release, and the index's file about them."""

    def __init__(self) -> None:
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


def with_variants(listing: Listing, policy: VariantPolicy, reader: VariantsReader) -> Listing:
    """The listing with the wheels of variants; those that do not fit have tags that no target has."""
    by_version = _releases(listing, policy)
    newest = list(by_version)[:MOST_RELEASES]
    asked = [version for version in newest if by_version[version].labels]
    answers = dict(zip(asked, reader.read([by_version[v].source() for v in asked]), strict=True))
    variants: dict[str, ReleaseVariants] = {}
    for version, labelled in by_version.items():
        late = (
            ""
            if version in newest
            else f"only the newest {MOST_RELEASES} releases with variants are looked at"
        )
        answer = answers.get(version, late) if labelled.labels else _NOTHING
        variants[version] = _judged(f"{listing.project} {version}", labelled, answer, policy)
    entries = [listed(file) for position in range(len(listing.versions)) for file in listing.files(position)]
    return listing_from_entries(
        listing.project,
        [*entries, *listing.labelled_files()],
        listing.unparsed,
        index_url=listing.index_url,
        found_links=listing.found_links,
        variants=variants,
    )


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
            found.setdefault(parsed[0], _Labelled()).wheels.append((file, label))
    for position, document in documents.items():
        if position in found:
            found[position].document = document
    newest = sorted(found, key=names.versions.__getitem__, reverse=True)
    return {canonicalize_version(names.versions[position]): found[position] for position in newest}


def _judged(
    release: str, labelled: _Labelled, answer: VariantsDocument | str, policy: VariantPolicy
) -> ReleaseVariants:
    """What is known of the variants of one release; a null variant fits whatever is said."""
    has_null = any(label == NULL for _, label in labelled.wheels)
    if isinstance(answer, str):
        source = labelled.source().asked
        where = source[0].filename if source else release
        unknown = Unknown(what=f"variants of {release}", where=where, reason=answer)
        variants = [Variant(label=NULL)] if has_null else []
        return _placed(variants, labelled, None, (unknown,))
    meant = {label: answer.variants[label] for label in labelled.labels if label in answer.variants}
    variants = ordered_variants(meant, answer.namespaces, policy.features, policy.priorities)
    fitting = [variant for variant in variants if variant.fits]
    if has_null:
        fitting.append(Variant(label=NULL))
    others = [variant for variant in variants if not variant.fits]
    unknowns = [_undecided(release, variant, labelled) for variant in others if not variant.refused]
    unknowns += [
        Unknown(
            what=f"variant {label} of {release}",
            where="index" if labelled.document is None else labelled.document.filename,
            reason="nothing says what this label means",
        )
        for label in labelled.labels
        if label not in meant
    ]
    document = None if answer is _NOTHING else answer
    return _placed([*fitting, *others], labelled, document, unknowns)


def _undecided(release: str, variant: Variant, labelled: _Labelled) -> Unknown:
    wheel = next(file for file, label in labelled.wheels if label == variant.label)
    return Unknown(
        what=f"whether the variant {variant.label} of {release} fits",
        where=wheel.filename,
        reason=f"not known: {', '.join(variant.missing)}",
    )


def _placed(
    variants: Iterable[Variant],
    labelled: _Labelled,
    document: VariantsDocument | None,
    unknowns: Iterable[Unknown],
) -> ReleaseVariants:
    told = tuple(variants)
    order: Mapping[str, int] = {one.label: place for place, one in enumerate(told) if one.fits}
    places = {file.filename: order[label] for file, label in labelled.wheels if label in order}
    return ReleaseVariants(variants=told, places=places, document=document, unknowns=tuple(unknowns))
