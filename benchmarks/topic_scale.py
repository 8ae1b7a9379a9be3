"""Topics and the index of similar packages on many short lines: memory, minutes and throughput.

`python -m benchmarks topic_scale [LINES]`. Names and summaries of the collected documents are replicated and
perturbed: a few words of each summary are exchanged for words of others, and each name gets one of its own.
What is measured runs in a process of its own that may not use more address space than `LIMIT_BYTES`.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.results import machine, record
from fakes.cases import case_files
from topics.document_lines import document_file
from topics.documents import Document

LINES = 800_000
LIMIT_BYTES = 3 << 30
_QUERIES = 50
_TOPICS = 30


def run(options: Sequence[str]) -> None:
    """Write the lines, measure, and record."""
    if options[:1] == ["--within"]:
        measure(Path(options[1]), Path(options[2]))
        return
    files = case_files("topics", "package-metadata-*.jsonl.gz")
    if not files:
        print("topic_scale: no collected documents", file=sys.stderr)
        return
    count = int(options[0]) if options else LINES
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "lines.jsonl")
        with lines.open("w", encoding="utf-8") as stream:
            stream.writelines(perturbed(list(document_file(files[0])), count))
        environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
            environ.pop(name, None)
        command = [sys.executable, "-m", "benchmarks", "topic_scale", "--within", str(lines), folder]
        done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    for name, value in found.items():
        print(f"  {name:24} {value:>12,}")
    record("topics", ("scale",), {"machine": machine(), "limit_bytes": LIMIT_BYTES, **found})


def perturbed(documents: Sequence[Document], count: int) -> Iterator[str]:
    """So many lines of JSON with a name and a summary."""
    chance = random.Random(7)
    pool = [word for document in documents for word in document.summary.split()]
    for number in range(count):
        document = documents[number % len(documents)]
        words = document.summary.split()
        for place in range(len(words)):
            if chance.random() < 0.2:
                words[place] = chance.choice(pool)
        name = (
            document.name
            if number < len(documents)
            else f"{document.name}-{chance.choice(pool)[:12]}{number}"
        )
        yield json.dumps({"name": name, "summary": " ".join(words)}) + "\n"


def measure(lines: Path, folder: Path) -> None:
    """Build both and print what it took, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    from topics.modelling.corpus import corpus
    from topics.modelling.nmf import NmfLearner
    from topics.similar.building import build_index
    from topics.similar.store import load_index, save_index

    found: dict[str, float] = {}
    source = document_file(lines)
    started, used = time.monotonic(), time.process_time()

    def lap(name: str) -> None:
        nonlocal started, used
        found[f"{name}_s"] = round(time.monotonic() - started, 2)
        found[f"{name}_cpu_s"] = round(time.process_time() - used, 2)
        found[f"{name}_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(f"{name}: {found[f'{name}_s']} s, {found[f'{name}_peak_mb']} MB", file=sys.stderr)
        started, used = time.monotonic(), time.process_time()

    index = build_index(source)
    lap("index_build")
    found["documents"] = len(index)
    found["index_per_cpu_s"] = round(len(index) / found["index_build_cpu_s"])
    save_index(folder / "index", index, data_digest="sha256:unstated")
    lap("index_save")
    found["index_mb"] = round(sum(path.stat().st_size for path in (folder / "index").iterdir()) / 1e6)
    del index
    index = load_index(folder / "index")
    lap("index_load")
    for number in range(_QUERIES):
        index.similar(number * 101 % len(index))
    lap("queries")
    found["query_cpu_ms"] = round(found["queries_cpu_s"] / _QUERIES * 1_000, 1)
    del index
    texts = corpus(source)
    lap("corpus")
    model = NmfLearner().learn(texts, _TOPICS, 0)
    lap("topics_learn")
    found["topics"] = len(model)
    found["topics_per_cpu_s"] = round(len(texts) / (found["corpus_cpu_s"] + found["topics_learn_cpu_s"]))
    built = ("index_build", "index_save", "corpus", "topics_learn")
    found["minutes"] = round(sum(found[f"{name}_s"] for name in built) / 60, 2)
    found["cpu_minutes"] = round(sum(found[f"{name}_cpu_s"] for name in built) / 60, 2)
    print(json.dumps(found))
