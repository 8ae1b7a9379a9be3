"""How close every document of an index is to a query: shared terms, then those of the closest, then meaning.

The parts are added after each is divided by its best value, so that no part can drown another. Downloads, age
and labels of curated lists take no part.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from topics.similar.postings import Floats, Integers, Postings

CLOSEST = 5
"""So many of the closest documents lend their terms."""
LENT_SHARE = 0.3
VECTORS_SHARE = 0.4
TOPICS_SHARE = 0.2

Vectors = npt.NDArray[np.float16]


class Bag(NamedTuple):
    """Weighted terms; each term once, ascending."""

    terms: Integers
    weights: Floats


class Parts(NamedTuple):
    """What documents are compared by.

    Attributes:
        vectors: of meaning, shape ``(n_documents, n_dimensions)``, rows of length 1 or 0; None without any.
        topics: likewise, from predicted label probabilities, shape ``(n_documents, n_labels)``.
    """

    postings: Postings
    vectors: Vectors | None = None
    topics: Vectors | None = None


def closeness(parts: Parts, number: int) -> Floats:
    """How close each document is to one of them, shape ``(n_documents,)``; itself is far below all.

    Source: pseudo-relevance feedback after Rocchio, in The SMART Retrieval System, 1971.
    """
    postings = parts.postings
    own = Bag(*postings.documents.row(number))
    scores = _without(postings.scores(*own), number)
    total = _scaled(scores)
    closest = best(scores, CLOSEST)
    closest = closest[scores[closest] > 0]
    if len(closest):
        total += LENT_SHARE * _scaled(_without(postings.scores(*_lent(postings, closest, scores)), number))
    total = _scaled(_without(total, number))
    if parts.vectors is not None and parts.vectors[number].any():
        total += VECTORS_SHARE * _scaled(_without(_cosines(parts.vectors, number), number))
    if parts.topics is not None:
        total += TOPICS_SHARE * _cosines(parts.topics, number)
    return _without(total, number)


def best(scores: Floats, count: int) -> Integers:
    """The numbers of the highest scores, highest first; equal ones in their order."""
    count = min(count, len(scores))
    if count == 0:
        return np.zeros(0, np.int32)
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    chosen = np.flatnonzero(scores >= least)
    order = np.lexsort((chosen, -scores[chosen]))
    return chosen[order][:count].astype(np.int32)


def _lent(postings: Postings, closest: Integers, scores: Floats) -> Bag:
    """The terms of the closest documents, each as close as it is."""
    shares = scores[closest] / scores[closest].sum()
    found = [postings.documents.row(document) for document in closest.tolist()]
    terms, places = np.unique(np.concatenate([terms for terms, _ in found]), return_inverse=True)
    added = np.concatenate([weights * share for (_, weights), share in zip(found, shares, strict=True)])
    weights = np.bincount(places, weights=added, minlength=len(terms)).astype(np.float32)
    return Bag(terms.astype(np.int32), weights)


def _cosines(vectors: Vectors, number: int) -> Floats:
    cosines: Floats = np.empty(len(vectors), np.float32)
    query = vectors[number].astype(np.float32)
    for start in range(0, len(vectors), 65_536):  # so that no second copy of all is made
        part = slice(start, start + 65_536)
        cosines[part] = vectors[part].astype(np.float32) @ query
    return cosines


def _scaled(scores: Floats) -> Floats:
    top = float(scores.max(initial=0.0))
    return (scores / np.float32(top)).astype(np.float32) if top > 0 else np.zeros_like(scores)


def _without(scores: Floats, number: int) -> Floats:
    scores[number] = -1.0
    return scores
