"""Where topics and packages stand on a plane: close together is about the same."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from topics.extras import imported
from topics.modelling.corpus import Corpus
from topics.modelling.drift import divergence
from topics.modelling.model import TopicModel

PACKAGES_LIMIT = 3_000
"""So many packages are drawn; of more, those that come at even distances."""
_PERPLEXITY = 30.0
_LEAST_FOR_NEIGHBOURS = 100

Points = npt.NDArray[np.float64]


class TopicPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A topic on the plane; `share` of all words is its area."""

    number: int
    name: str
    x: float
    y: float
    share: float
    terms: dict[str, float]


class PackagePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A package on the plane, and the number of its greatest topic."""

    name: str
    x: float
    y: float
    topic: int


def topic_map(model: TopicModel) -> list[TopicPoint]:
    """Topics by the square root of the Jensen-Shannon divergence of their terms, on two main axes.

    Source: Sievert and Shirley, LDAvis, 2014; classical scaling after Torgerson, 1952.
    """
    distances = np.sqrt(divergence(model.distributions, model.distributions))
    places = scaled(distances)
    return [
        TopicPoint(
            number=topic.number, name=topic.name, x=x, y=y, share=topic.share, terms=topic.terms
        )
        for topic, (x, y) in zip(model.topics(), places.tolist(), strict=True)
    ]  # fmt: skip


def scaled(distances: Points) -> Points:
    """Places in the plane, shape ``(n, 2)``, whose distances are near those given."""
    count = len(distances)
    centring = np.eye(count) - 1 / count
    inner = -centring @ distances**2 @ centring / 2
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    values, vectors = values[::-1][:2].clip(min=0.0), vectors[:, ::-1][:, :2]
    places = np.zeros((count, 2))
    places[:, : vectors.shape[1]] = _signed(vectors) * np.sqrt(values)
    return np.round(places, 6)


def package_map(model: TopicModel, corpus: Corpus, names: list[str], seed: int = 0) -> list[PackagePoint]:
    """Packages by their topics; those without any known term are left out.

    Raises:
        MissingExtraError: scikit-learn is not installed.

    Source: van der Maaten and Hinton, Visualizing Data using t-SNE, 2008.
    """
    filled = np.flatnonzero(np.diff(corpus.counts.starts))
    if len(filled) > PACKAGES_LIMIT:
        filled = filled[np.linspace(0, len(filled) - 1, PACKAGES_LIMIT).astype(np.int64)]
    proportions = model.proportions(corpus.part(filled))
    roots = np.sqrt(proportions)  # distances of roots are those of distributions (Hellinger)
    if len(filled) >= _LEAST_FOR_NEIGHBOURS:
        manifold = imported("sklearn.manifold", "the map of packages")
        places = manifold.TSNE(
            2, perplexity=_PERPLEXITY, init="pca", random_state=seed, n_jobs=1
        ).fit_transform(roots)
    else:
        places = scaled(np.linalg.norm(roots[:, None] - roots[None], axis=2))
    greatest = proportions.argmax(axis=1).tolist()
    return [
        PackagePoint(name=names[number], x=round(x, 3), y=round(y, 3), topic=topic)
        for number, (x, y), topic in zip(filled.tolist(), places.tolist(), greatest, strict=True)
    ]


def _signed(vectors: Points) -> Points:
    """The same axes, each with its greatest value positive: eigenvectors have no sign of their own."""
    greatest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    signed: Points = vectors * np.where(greatest < 0, -1.0, 1.0)
    return signed
