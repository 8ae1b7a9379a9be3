"""Topics by kind of model and by number: NPMI, c_v, diversity, and stability over samples of the documents.

`python -m benchmarks topic_models [KIND:NUMBER …]`. A figure of all that is recorded goes beside the results.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

import msgspec

from benchmarks.results import FOLDER, machine, record
from fakes.cases import case_files
from topics.document_lines import document_file
from topics.modelling.corpus import corpus
from topics.modelling.learners import LEARNERS
from topics.modelling.quality import TopicQuality, quality
from topics.plots.figures import draw_quality

MEASURED = (
    "nmf:30",
    "lsi:30",
    "lda:30",
    "hdp:30",
    "nmf:20",
    "nmf:40",
    "nmf:60",
    "lsi:60",
    "lda:60",
    "lsi:20",
)


def run(options: Sequence[str]) -> None:
    """Measure, print and record each, then draw."""
    files = case_files("topics", "package-metadata-*.jsonl.gz")
    if not files:
        print("topic_models: no collected documents", file=sys.stderr)
        return
    texts = corpus(document_file(files[0]))
    print(f"  {len(texts):,} documents, {len(texts.terms):,} terms")
    for chosen in options or MEASURED:
        kind, _, number = chosen.partition(":")
        used = time.process_time()
        measured = quality(LEARNERS[kind], texts, int(number))
        entry = {**msgspec.to_builtins(measured), "cpu_s": round(time.process_time() - used, 1)}
        record("topics", ("models", chosen), {"machine": machine(), **entry})
        print(f"  {chosen:10} " + "  ".join(f"{name} {value}" for name, value in _shown(entry)), flush=True)
    recorded = json.loads((FOLDER / "topics.json").read_text(encoding="utf-8"))["models"]
    names = TopicQuality.__struct_fields__
    draw_quality(
        FOLDER / "topics.svg",
        [msgspec.convert({name: entry[name] for name in names}, TopicQuality) for entry in recorded.values()],
    )


def _shown(entry: dict[str, object]) -> list[tuple[str, object]]:
    return [(name, f"{value:.3f}" if isinstance(value, float) else value) for name, value in entry.items()]
