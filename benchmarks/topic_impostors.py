"""Precision and recall of suspicions: typosquats of popular names beside honest names that are near to one.

Five families that were published (Taylor et al. 2020; Vu et al. 2020) are made of 100 popular names each: a
letter repeated, left out, swapped with the next, replaced by a neighbouring key, and words in another order
(where a name has one word only, letters that look alike). Each squat is fresh and unranked and says nothing,
copies the popular summary, or says what a package drawn at random says. Honest are all documents whose name
is within distance 2 of one of the 100 and that are neither the name itself nor made up here; of them the
month of the newest upload is all that is known of their age, which is the least that can be known.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from analyzers.source.names.mistaken_letters import neighbours
from benchmarks.results import record
from fakes.cases import case_files
from topics.document_lines import document_file
from topics.documents import Document
from topics.impostors.kinship import kinship
from topics.impostors.nearness import is_vouched_for, nearest
from topics.impostors.popular_names import popular_names
from topics.impostors.slips import is_within_two
from topics.impostors.suspicion import Standing, Suspicion, suspicion

FAMILIES = ("repeated", "omitted", "swapped", "neighbouring key", "words or look-alikes")
TEXTS = ("silent", "copied", "foreign")
_LOOKALIKES = (("o", "0"), ("l", "1"), ("i", "1"), ("m", "rn"), ("s", "5"), ("e", "3"), ("a", "4"))
_TARGETS = 100
_POPULAR = 1_000
_SHORTEST = 5
_TODAY = date(2026, 11, 22)
"""When the documents were collected."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        recall: by family and by what a squat says of itself, ``family: text``.
        recall_of_all: over all squats.
        honest: names within distance 2.
        vouched: those of them that the table of popular names or another list vouches for, so that nothing
            else about them counts: what is left is the hard part.
        suspected: honest names that are suspected, with the reason.
        precision: where every squat of one text stands beside all honest names; by text.
    """

    recall: Mapping[str, float]
    recall_of_all: float
    squats: int
    honest: int
    vouched: int
    suspected: Mapping[str, str]
    precision: Mapping[str, float]


def run(options: Sequence[str]) -> None:
    """Measure with five seeds, of which each draws other popular names, squats and texts."""
    files = case_files("topics", "package-metadata-dev.jsonl.gz")
    if not files:
        print("topic_impostors: no cases here")
        return
    documents = list(document_file(files[0]))
    today = date.fromisoformat(options[0]) if options else _TODAY
    found = {f"seed {seed}": measured(documents, today, seed) for seed in range(1, 6)}
    for name, one in found.items():
        told = "  ".join(f"{text} {share:.3f}" for text, share in one.precision.items())
        honest = f"{one.honest} honest ({one.vouched} vouched for, {len(one.suspected)} suspected)"
        print(f"{name}: recall {one.recall_of_all:.3f} of {one.squats}; {honest}; precision {told}")
    record("topics", ("impostors",), {name: msgspec.to_builtins(one) for name, one in found.items()})


def measured(documents: Iterable[Document], today: date, seed: int = 1) -> Measured:
    """Measure on documents, whose names tell which squats exist already: those are left out."""
    known = {document.name: document for document in documents}
    drawn = random.Random(seed)
    targets = drawn.sample([n for n in popular_names()[:_POPULAR] if len(n) >= _SHORTEST], _TARGETS)
    texts = sorted(document.summary for document in known.values() if document.summary)
    found: dict[tuple[str, str], list[bool]] = {}
    for target in targets:
        for family, name in squats(target, drawn):
            if name == target or name in known:
                continue
            says = ("", known[target].summary if target in known else "", drawn.choice(texts))
            for text, summary in zip(TEXTS, says, strict=True):
                judged = judge(Document(name=name, summary=summary), known, Standing(), today)
                found.setdefault((family, text), []).append(judged is not None)
    honest = list(_honest(known.values(), targets))
    held = {one.name: judge(one, known, _standing(one), today) for one in honest}
    suspected = {name: judged.message for name, judged in sorted(held.items()) if judged is not None}
    hits = {text: sum(sum(held) for (_, told), held in found.items() if told == text) for text in TEXTS}
    squatted = [one for held in found.values() for one in held]
    return Measured(
        recall={f"{family}: {text}": sum(held) / len(held) for (family, text), held in sorted(found.items())},
        recall_of_all=sum(squatted) / len(squatted),
        squats=len(squatted),
        honest=len(honest),
        vouched=sum(is_vouched_for(document.name) for document in honest),
        suspected=suspected,
        precision={text: hit / (hit + len(suspected)) for text, hit in hits.items()},
    )


def judge(
    document: Document, known: Mapping[str, Document], standing: Standing, today: date
) -> Suspicion | None:
    """As a run judges a project, without a classifier."""
    near = nearest(document.name)
    if near is None or standing.is_settled(today):
        return None
    return suspicion(document.name, near, kinship(document, known.get(near.popular)))


def squats(name: str, drawn: random.Random) -> Iterator[tuple[str, str]]:
    """One squat of each family, where the name has one."""
    at = drawn.randrange(len(name))
    if name[at] != "-":
        yield FAMILIES[0], name[:at] + name[at] + name[at:]
    at = drawn.randrange(1, len(name) - 1)
    yield FAMILIES[1], (name[:at] + name[at + 1 :]).replace("--", "-")
    pairs = [at for at in range(len(name) - 1) if name[at] != name[at + 1] and "-" not in name[at : at + 2]]
    at = drawn.choice(pairs)
    yield FAMILIES[2], name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    at = drawn.choice([at for at, letter in enumerate(name) if letter in neighbours()])
    yield FAMILIES[3], name[:at] + drawn.choice(neighbours()[name[at]]) + name[at + 1 :]
    words = name.split("-")
    if len(words) > 1:
        yield FAMILIES[4], "-".join(reversed(words))
    elif possible := [pair for pair in _LOOKALIKES if pair[0] in name]:
        yield FAMILIES[4], name.replace(*drawn.choice(possible), 1)


def _honest(documents: Iterable[Document], targets: Sequence[str]) -> Iterator[Document]:
    near = {len(target): [other for other in targets if len(other) == len(target)] for target in targets}
    for document in documents:
        name = document.name
        close = (other for by in range(-2, 3) for other in near.get(len(name) + by, ()))
        if name not in targets and any(is_within_two(name, other) for other in close):
            yield document


def _standing(document: Document) -> Standing:
    """The first upload was not after the newest."""
    return Standing(first=f"{document.month}-28" if document.month else None)
