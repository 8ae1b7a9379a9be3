"""Classification: quality beside TF-IDF with logistic regression, and how fast the models that ship are."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np

from benchmarks.results import machine, record
from fakes.cases import case_files
from topics.classifier import metrics
from topics.classifier.calibration import Floats
from topics.classifier.classifier import Classifier, default_folder, load_classifier
from topics.classifier.evaluation import evaluation, held_out_probabilities
from topics.classifier.examples import Examples, read_examples
from topics.classifier.training import TrainingSettings, small_settings
from topics.document_lines import document_file
from topics.documents import Document
from topics.text.fields import AUTHORS_FIELDS, BRIEF_FIELDS, EVERY_FIELD, Field, field_texts

SETTINGS = {
    "all fields": TrainingSettings(),
    "name and summary": TrainingSettings(fields=BRIEF_FIELDS),
    "what authors write": TrainingSettings(fields=AUTHORS_FIELDS),
    "small": small_settings(),
    "without lexicon": TrainingSettings(phrase_weight=0),
}
PEERS = {"all fields": EVERY_FIELD, "name and summary": BRIEF_FIELDS}
SEED = 1
SAMPLES = 500


def run(options: list[str]) -> None:
    """Measure; ``--folds`` cross-validates over five folds instead of validating on the first."""
    files = case_files("topics", "package-metadata-dev.jsonl.gz")
    if not files:
        print("topics: no cases here")
        return
    documents = list(document_file(files[0]))
    examples = read_examples(documents)
    folds = tuple(range(5)) if "--folds" in options else (0,)
    how = "cross-validation" if "--folds" in options else "validation"
    found: dict[str, object] = {}
    for name, settings in SETTINGS.items():
        said, measured, threshold = held_out_probabilities(examples, settings, folds, SEED, lambda *_: None)
        found[name] = scored(name, said, measured, threshold)
        if name in PEERS:
            peers, of_peers = peer(examples, PEERS[name], folds)
            found[f"peer, {name}"] = scored(f"peer, {name}", peers, measured, of_peers)
            found[f"difference, {name}"] = shown(
                f"difference, {name}", differences(measured.truth > 0, (said, threshold), (peers, of_peers))
            )
        record("topics", ("classification", how), {"machine": machine(), **found})
    record("topics", ("classification", "speed"), {"machine": machine(), **speed(documents)})


def shown(name: str, scores: dict[str, list[float]]) -> dict[str, list[float]]:
    told = "  ".join(f"{key} {value[0]:.3f} [{value[1]:.3f} {value[2]:.3f}]" for key, value in scores.items())
    print(f"{name:<22} {told}", flush=True)
    return scores


def scored(name: str, said: Floats, measured: Examples, threshold: float) -> dict[str, list[float]]:
    scores = evaluation(said, measured.truth, measured.labels, threshold, SEED).scores
    return shown(name, {key: [round(each, 4) for each in value] for key, value in scores.items()})


def peer(examples: Examples, fields: frozenset[Field], folds: tuple[int, ...]) -> tuple[Floats, float]:
    """TF-IDF of words and characters with logistic regression, fold by fold in their order.

    Its threshold is the best on what it is measured on, which is in its favour.
    """
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    texts = np.array(
        [" . ".join(text for _, text in field_texts(each, fields)) for each in examples.documents], object
    )
    parts: list[Floats] = []
    truth: list[Floats] = []
    for fold in folds:
        within = examples.folds == fold
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, stop_words="english")
        runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3)
        known = hstack([each.fit_transform(texts[~within]) for each in (words, runs)]).tocsr()
        unseen = hstack([each.transform(texts[within]) for each in (words, runs)]).tocsr()
        regression = LogisticRegression(C=10, class_weight="balanced", solver="liblinear")
        fitted = OneVsRestClassifier(regression).fit(known, examples.truth[~within])
        parts.append(fitted.predict_proba(unseen))
        truth.append(examples.truth[within])
    said = np.concatenate(parts)
    return said, metrics.best_threshold(said, np.concatenate(truth) > 0)


def differences(
    truth: metrics.Truth, ours: tuple[Floats, float], theirs: tuple[Floats, float]
) -> dict[str, list[float]]:
    """Ours less theirs on the same documents, with bounds of 95 % over the same samples of them.

    Args:
        ours: probabilities and threshold.
        theirs: likewise.
    """
    drawn = np.random.default_rng(SEED).integers(0, len(truth), (SAMPLES, len(truth)))
    found: dict[str, list[float]] = {}
    pairs = zip(metrics.measures(ours[1]).items(), metrics.measures(theirs[1]).values(), strict=True)
    for (name, measure), other in pairs:
        values = [measure(ours[0][rows], truth[rows]) - other(theirs[0][rows], truth[rows]) for rows in drawn]
        low, high = np.percentile(values, (2.5, 97.5))
        value = measure(ours[0], truth) - other(theirs[0], truth)
        found[name] = [round(float(each), 4) for each in (value, low, high)]
    return found


def speed(documents: list[Document]) -> dict[str, object]:
    """Packages a second of processor time by model, the better of two passes, and such seconds to load."""
    found: dict[str, object] = {}
    for name, small in (("default", False), ("small", True)):
        classifier = load_classifier(default_folder(small=small))
        rate = len(documents) / min(timed(classifier, documents) for _ in range(2))
        load_s = min(started(small) for _ in range(3))
        size = sum(path.stat().st_size for path in default_folder(small=small).iterdir())
        told = f"{rate:,.0f} packages a processor second, loads in {load_s:.2f} s, {size / 1e6:.1f} MB"
        print(f"{name:<22} {told}", flush=True)
        found[name] = {
            "packages_per_processor_s": round(rate),
            "load_processor_s": round(load_s, 3),
            "size_bytes": size,
        }
    return found


def timed(classifier: Classifier, documents: list[Document]) -> float:
    started_s = time.process_time()
    classifier.probabilities(documents)
    return time.process_time() - started_s


def started(small: bool) -> float:
    """Seconds of processor time that a fresh process takes to import and load a model, numpy included."""
    code = (
        "import time; t = time.process_time()\n"
        "from topics.classifier.classifier import Classifier, default_folder, load_classifier\n"
        f"load_classifier(default_folder(small={small})); print(time.process_time() - t)"
    )
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )
