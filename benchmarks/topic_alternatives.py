"""How well alternatives are found in the whole pool: parts of the ranking beside each other and plain BM25.

`python -m benchmarks topic_alternatives [--vectors]`. Probabilities of labels are out of fold: of a labelled
package they come from a model that did not learn it. Groups and labels are never read by the index.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from packaging.utils import canonicalize_name

from benchmarks.results import machine, record
from fakes.cases import case_files
from topics.classifier.classifier import Classifier
from topics.classifier.examples import read_examples
from topics.classifier.training import TrainingSettings, train
from topics.document_lines import document_file
from topics.documents import Document
from topics.similar.building import build_index
from topics.similar.evaluation import RetrievalScore, alternatives_of, evaluate
from topics.similar.meanings import unit_rows
from topics.similar.postings import Floats, Postings, Rows
from topics.similar.ranking import Parts, closeness
from topics.similar.terms import field_terms

SATURATION, LENGTH_SHARE = 1.2, 0.75


def run(options: Sequence[str]) -> None:
    """Score each combination, print and record."""
    files = case_files("topics", "package-metadata-*.jsonl.gz")
    groups = case_files("topics", "alternatives-*.json")
    if not files or not groups:
        print("topic_alternatives: no collected documents", file=sys.stderr)
        return
    documents = list(document_file(files[0]))
    named = json.loads(groups[0].read_text(encoding="utf-8"))
    scores: dict[str, Any] = {"machine": machine(), "pool": len(documents)}
    for name, found in combinations(documents, with_vectors="--vectors" in options):
        for which, members in (
            ("all", [group["members"] for group in named]),
            ("hand-written", [group["members"] for group in named if group["source"] == "hand-written"]),
        ):
            numbers = {document.name: number for number, document in enumerate(documents)}
            score = evaluate(found, alternatives_of(members, numbers))
            scores.setdefault(which, {})[name] = msgspec.to_builtins(score)
            print(f"  {which:13} {name:34} {_line(score)}", flush=True)
    record("topics", ("alternatives",), scores)


def _line(score: RetrievalScore) -> str:
    low, high = score.recall_10_interval
    return (
        f"recall@10 {score.recall_10:.3f} ({low:.3f} to {high:.3f})  @50 {score.recall_50:.3f}  "
        f"MRR {score.mrr:.3f} ({score.mrr_interval[0]:.3f} to {score.mrr_interval[1]:.3f})  "
        f"hit@10 {score.hit_10:.3f}  of {score.queries}"
    )


def combinations(
    documents: Sequence[Document], *, with_vectors: bool
) -> Iterator[tuple[str, Callable[[int], Floats]]]:
    """Name of a ranking to its scores for a document."""
    plain = bm25(documents)
    yield "BM25, one field", lambda number: _own_last(plain.scores(*plain.documents.row(number)), number)
    brief = [Document(name=document.name, summary=document.summary) for document in documents]
    short = bm25(brief)
    yield (
        "BM25, name and summary",
        lambda number: _own_last(short.scores(*short.documents.row(number)), number),
    )
    brief_parts = build_index(brief, with_vectors=with_vectors).parts
    yield "ours, name and summary", lambda number: closeness(brief_parts, number)
    parts = build_index(documents, with_vectors=with_vectors).parts
    fields = parts.postings
    yield "BM25F", lambda number: _own_last(fields.scores(*fields.documents.row(number)), number)
    yield "BM25F, terms of closest", lambda number: closeness(Parts(fields), number)
    topics = unit_rows(out_of_fold(documents).astype(np.float32))
    yield "the same, topics", lambda number: closeness(Parts(fields, None, topics), number)
    if with_vectors:
        yield "the same, vectors", lambda number: closeness(parts, number)
        yield (
            "the same, topics and vectors",
            lambda number: closeness(Parts(fields, parts.vectors, topics), number),
        )


def bm25(documents: Sequence[Document]) -> Postings:
    """Plain BM25 of all text as one field, the baseline; a query counts each term once."""
    numbers: dict[str, int] = {}
    bags: list[dict[int, int]] = []
    for document in documents:
        bag: dict[int, int] = {}
        for _, counts in field_terms(document):
            for term, count in counts.items():
                number = numbers.setdefault(term, len(numbers))
                bag[number] = bag.get(number, 0) + count
        bags.append(dict(sorted(bag.items())))
    lengths = np.array([sum(bag.values()) for bag in bags], np.float64)
    columns = np.array([term for bag in bags for term in bag], np.int32)
    often = np.array([count for bag in bags for count in bag.values()], np.float64)
    sizes = np.array([len(bag) for bag in bags])
    usual = np.repeat(1 - LENGTH_SHARE + LENGTH_SHARE * lengths / lengths.mean(), sizes)
    weights = (often * (SATURATION + 1) / (often + SATURATION * usual)).astype(np.float32)
    frequency = np.bincount(columns, minlength=len(numbers))
    rarity = np.log1p((len(bags) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return _Plain(Rows(np.concatenate([[0], np.cumsum(sizes)]), columns, weights), rarity)


class _Plain(Postings):
    """Counts each term of a query once."""

    def scores(self, terms: Any, weights: Any) -> Floats:
        return super().scores(terms, np.ones_like(weights))


def out_of_fold(documents: Sequence[Document]) -> Any:
    """Label probabilities of all documents, each from a model that did not learn it."""
    examples = read_examples(documents)
    trained = train(examples, TrainingSettings(), seed=0)
    found = Classifier(trained.stored, "of this run").probabilities(documents)
    places = {canonicalize_name(document.name): number for number, document in enumerate(documents)}
    for document, row in zip(examples.documents, trained.probabilities, strict=True):
        found[places[canonicalize_name(document.name)]] = row
    return found


def _own_last(scores: Floats, number: int) -> Floats:
    scores[number] = -1.0
    return scores
