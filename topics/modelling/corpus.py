"""Documents as counted terms of a bounded vocabulary, in sparse rows; two passages over a stream."""

from __future__ import annotations

import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.documents import Document
from topics.errors import TrainingError
from topics.extras import imported
from topics.similar.postings import Rows, offsets
from topics.text.words import words

TERMS_LIMIT = 20_000
LEAST_DOCUMENTS = 30
MOST_SHARE = 0.1
"""A term of more documents than this share of all tells none of them apart."""
_FEW_DOCUMENTS = 50
"""So many documents may share a term whatever their number, up to half of them."""
_DIFFERENT_LIMIT = 1_000_000
"""When so many different words were seen, those seen once so far are forgotten."""
_PHRASE_SAMPLE = 50_000
_PHRASE_COUNT = 12
_PHRASE_NPMI = 0.35

Floats64 = npt.NDArray[np.float64]
Phrases = Callable[[list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Counted terms.

    Attributes:
        terms: the vocabulary, in the order of its columns.
        counts: a row per document; a word in a name counts as often as `topics.text.words` weighs it.
        frequency: in how many documents of the whole each term is, shape ``(n_terms,)``.
    """

    terms: tuple[str, ...]
    counts: Rows
    frequency: Floats64

    def __len__(self) -> int:
        """How many documents there are."""
        return len(self.counts.starts) - 1

    @property
    def rarity(self) -> Floats64:
        """How much the presence of each term tells, in nats."""
        return np.log((len(self) + 1) / (self.frequency + 0.5)).clip(min=0.0)

    def part(self, chosen: npt.NDArray[np.int64]) -> Corpus:
        """The same vocabulary with some of the documents."""
        starts = self.counts.starts
        lengths = np.diff(starts)[chosen]
        places = np.repeat(starts[:-1][chosen] - offsets(lengths)[:-1], lengths) + np.arange(lengths.sum())
        rows = Rows(offsets(lengths), self.counts.columns[places], self.counts.weights[places])
        frequency = np.bincount(rows.columns, minlength=len(self.terms)).astype(np.float64)
        return Corpus(self.terms, rows, frequency)

    def texts(self, least_terms: int = 1) -> Iterator[list[str]]:
        """The terms of documents that have enough different ones, each once."""
        for number in range(len(self)):
            columns, _ = self.counts.row(number)
            if len(columns) >= least_terms:
                yield [self.terms[column] for column in columns.tolist()]


def vocabulary(documents: Iterable[Document], phrases: Phrases | None = None) -> tuple[str, ...]:
    """The terms that are neither rare nor everywhere; the most frequent, in alphabetical order.

    Raises:
        TrainingError: no term is frequent enough.
    """
    frequency: Counter[str] = Counter()
    count = 0
    for document in documents:
        count += 1
        frequency.update(set(terms_of(document, phrases)))
        if len(frequency) > _DIFFERENT_LIMIT:
            frequency = Counter({term: seen for term, seen in frequency.items() if seen > 1})
    least = min(LEAST_DOCUMENTS, max(2, count // 200))
    most = max(MOST_SHARE * count, min(count / 2, _FEW_DOCUMENTS))
    kept = [(seen, term) for term, seen in frequency.items() if least <= seen <= most]
    if not kept:
        reason = f"no word is in at least {least} of {count:,} documents"
        raise TrainingError(reason, "give more documents, or longer ones")
    kept.sort(key=lambda entry: (-entry[0], entry[1]))
    return tuple(sorted(term for _, term in kept[:TERMS_LIMIT]))


def terms_of(document: Document, phrases: Phrases | None = None) -> list[str]:
    """The words of a document, with its phrases joined."""
    found = list(words(document))
    return phrases(found) if phrases else found


def counted(documents: Iterable[Document], terms: Sequence[str], phrases: Phrases | None = None) -> Corpus:
    """Documents as rows over a vocabulary; one without any of its terms is an empty row."""
    numbers = {term: number for number, term in enumerate(terms)}
    columns, weights, lengths = array.array("i"), array.array("f"), array.array("i")
    for document in documents:
        counts = Counter(
            number for term in terms_of(document, phrases) if (number := numbers.get(term)) is not None
        )
        lengths.append(len(counts))
        for number in sorted(counts):
            columns.append(number)
            weights.append(counts[number])
    rows = Rows(
        offsets(np.array(lengths, np.int64)), np.array(columns, np.int32), np.array(weights, np.float32)
    )
    frequency = np.bincount(rows.columns, minlength=len(terms)).astype(np.float64)
    return Corpus(tuple(terms), rows, frequency)


def corpus(documents: Iterable[Document], phrases: Phrases | None = None) -> Corpus:
    """Documents, which are gone through twice, over their own vocabulary.

    Raises:
        TrainingError: no term is frequent enough.
    """
    return counted(documents, vocabulary(documents, phrases), phrases)


def learnt_phrases(documents: Iterable[Document]) -> Phrases:
    """What joins words that stand together far more often than apart, as ``machine_learning``.

    Raises:
        MissingExtraError: gensim is not installed.

    Source: Bouma, Normalized (Pointwise) Mutual Information in Collocation Extraction, 2009.
    """
    gensim = imported("gensim.models.phrases", "finding phrases")
    sample: list[list[str]] = []
    for document in documents:
        sample.append(list(words(document)))
        if len(sample) == _PHRASE_SAMPLE:
            break
    model = gensim.Phrases(sample, min_count=_PHRASE_COUNT, threshold=_PHRASE_NPMI, scoring="npmi").freeze()

    def joined(found: list[str]) -> list[str]:
        return list(model[found])

    return joined
