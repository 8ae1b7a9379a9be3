"""A corpus as gensim goes through it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from topics.modelling.corpus import Corpus


class GensimCorpus:
    """Pairs of term and count for each document, made when they are asked for.

    Args:
        scale: multiplies the counts of each term, shape ``(n_terms,)``; None for plain counts.
    """

    def __init__(self, corpus: Corpus, scale: npt.NDArray[np.float64] | None = None) -> None:
        self._corpus, self._scale = corpus, scale
        self.names = dict(enumerate(corpus.terms))

    def __len__(self) -> int:
        return len(self._corpus)

    def __iter__(self) -> Iterator[list[tuple[int, float]]]:
        for number in range(len(self._corpus)):
            columns, weights = self._corpus.counts.row(number)
            values = weights if self._scale is None else (1 + np.log(weights)) * self._scale[columns]
            yield list(zip(columns.tolist(), values.tolist(), strict=True))
