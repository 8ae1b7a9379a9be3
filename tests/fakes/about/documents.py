"""Documents about packages of a few clear kinds, made by rule and the same at every run."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from topics.documents import Document

_WORDS = {
    "http": "http client request async session cookie header proxy connection response",
    "plot": "chart plot figure axis colour legend scatter histogram canvas visualization",
    "toml": "toml parser serializer config table string key format write decode",
    "orm": "database sql query mapper table schema migration column transaction sqlite",
}
KINDS = {kind: words.split() for kind, words in _WORDS.items()}


def kind_documents(count: int = 120, seed: int = 3) -> list[Document]:
    """So many packages, named by their kind; each says seven words of it, and one of another kind."""
    chance = random.Random(seed)
    kinds = list(KINDS)
    found = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        words = [*chance.sample(KINDS[kind], 7), chance.choice(KINDS[chance.choice(kinds)])]
        found.append(
            Document(
                name=f"{kind}-{number}",
                summary=" ".join(words),
                month=f"20{20 + number % 6}-0{1 + number % 9}",
                rank=number + 1 if number % 3 else None,
                license_expression=("MIT", "Apache-2.0", None)[number % 3],
                classifiers=(f"Programming Language :: Python :: 3.{8 + number % 5}",),
                labels=(kind,) if number % 2 else (),
            )
        )
    return found


def json_lines(documents: Sequence[Document]) -> str:
    """As a file of JSON Lines has them."""
    fields = ("name", "summary", "month", "rank", "license_expression", "classifiers", "labels")
    return "".join(
        json.dumps({field: getattr(document, field) for field in fields}) + "\n" for document in documents
    )
