"""A classifier of three subjects, trained here: it learns, abstains, and is refused when it is damaged."""

import itertools
import random
from pathlib import Path

import numpy as np
import pytest

from topics.classifier.classifier import Classifier, default_folder, load_classifier, save_classifier
from topics.classifier.evaluation import evaluate_model, held_out_probabilities
from topics.classifier.examples import Examples, read_examples
from topics.classifier.training import Trained, TrainingSettings, train
from topics.documents import Document
from topics.errors import ModelError, TrainingError
from topics.models.store import load_model, save_model
from topics.text.fields import BRIEF_FIELDS, Field

SUBJECTS = {
    "maps": "map chart atlas coordinates terrain contour projection border river",
    "music": "song melody chord tempo rhythm singer guitar orchestra score",
    "kitchen": "oven recipe flour butter knife sugar boil roast spice",
}
OTHERS = "thing that does more with less for many people every day in some way"


def documents(count: int = 40) -> list[Document]:
    drawn = random.Random(5)
    made: list[Document] = []
    for label, number in itertools.product(SUBJECTS, range(count)):
        words = drawn.sample(SUBJECTS[label].split(), 3) + drawn.sample(OTHERS.split(), 4)
        drawn.shuffle(words)
        made.append(Document(name=f"quokka{number}x{len(made)}", summary=" ".join(words), labels=(label,)))
    return made


@pytest.fixture(scope="module")
def examples() -> Examples:
    return read_examples(documents())


@pytest.fixture(scope="module")
def trained(examples: Examples) -> Trained:
    pytest.importorskip("scipy")
    return train(examples, TrainingSettings(), 1)


@pytest.fixture(scope="module")
def classifier(trained: Trained) -> Classifier:
    return Classifier(trained.stored, "trained here")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("summary", "label"),
    [("Terrain and coordinates of a river", "maps"), ("Chord of a guitar song", "music")],
)
def test_it_says_what_a_package_is_about(classifier: Classifier, summary: str, label: str) -> None:
    vector = classifier.vector(Document(name="unseen", summary=summary))
    assert not vector.abstained
    assert classifier.said(vector)[0][0] == label
    assert classifier.said(vector)[0][1] > 0.8


@pytest.mark.parametrize(
    "document",
    [
        Document(name="q"),
        Document(name="q", summary="river"),
        Document(name="q", summary="Достопримечательности города"),
        Document(name="q", summary="\x00\ud83d\udc1f" * 50),
        Document(name="q", description="```\n" * 100_000),
    ],
    ids=["empty", "one word", "another language", "no text", "code alone"],
)
def test_it_abstains_where_too_little_is_said(classifier: Classifier, document: Document) -> None:
    vector = classifier.vector(document)
    assert vector.abstained
    assert vector.probabilities == {}


def test_a_text_of_ten_megabytes_is_read_at_its_start(classifier: Classifier) -> None:
    document = Document(name="q", description="terrain river atlas map. " * 400_000)
    assert classifier.said(classifier.vector(document))[0][0] == "maps"


def test_labels_are_no_features(classifier: Classifier) -> None:
    bare = Document(name="q", summary="Terrain of a river with a song")
    labelled = Document(name="q", summary="Terrain of a river with a song", labels=("music",))
    assert classifier.vector(bare) == classifier.vector(labelled)


def test_each_document_gets_its_own_answer_in_order(classifier: Classifier) -> None:
    given = documents(250)  # more than one chunk
    vectors = list(classifier.classify(given))
    assert [vector.name for vector in vectors] == [document.name for document in given]
    alone = [classifier.vector(document) for document in given[::97]]
    for vector, expected in zip(vectors[::97], alone, strict=True):
        assert vector.abstained == expected.abstained
        assert vector.probabilities == pytest.approx(expected.probabilities)


def test_what_is_read_can_be_narrowed(classifier: Classifier) -> None:
    document = Document(name="q", summary="Terrain of a river", description="song melody chord guitar singer")
    brief = classifier.reading(BRIEF_FIELDS)
    assert brief.said(brief.vector(document)) == brief.said(
        brief.vector(Document(name="q", summary="Terrain of a river"))
    )


@pytest.mark.slow
def test_the_same_examples_give_the_same_model(examples: Examples, trained: Trained, tmp_path: Path) -> None:
    again = train(examples, TrainingSettings(), 1)
    for number, stored in enumerate((trained.stored, again.stored)):
        save_classifier(tmp_path / str(number), stored)
    for path in (tmp_path / "0").iterdir():
        assert path.read_bytes() == (tmp_path / "1" / path.name).read_bytes()


def test_a_stored_classifier_says_the_same(trained: Trained, classifier: Classifier, tmp_path: Path) -> None:
    save_classifier(tmp_path, trained.stored)
    given = documents(3)
    assert np.array_equal(load_classifier(tmp_path).probabilities(given), classifier.probabilities(given))


def test_arrays_that_do_not_belong_together_are_refused(trained: Trained, tmp_path: Path) -> None:
    arrays = {**trained.stored.arrays, "offsets": trained.stored.arrays["offsets"][:-1]}
    save_model(tmp_path, trained.stored.manifest, arrays, trained.stored.texts)
    with pytest.raises(ModelError, match="do not fit its labels"):
        load_classifier(tmp_path)


@pytest.mark.parametrize("name", ["word_lengths", "run_rows", "word_codes", "neighbour_labels", "slopes"])
def test_neighbours_of_another_model_are_refused(name: str, trained: Trained, tmp_path: Path) -> None:
    arrays = {**trained.stored.arrays, name: trained.stored.arrays[name][:-1]}
    save_model(tmp_path, trained.stored.manifest, arrays, trained.stored.texts)
    with pytest.raises(ModelError, match="is damaged"):
        load_classifier(tmp_path)


@pytest.mark.slow
def test_what_is_calibrated_is_not_its_own_neighbour(examples: Examples) -> None:
    """Labels that nothing tells are not learnt, though a model finds each document again that it holds."""
    pytest.importorskip("scipy")
    drawn = np.random.default_rng(2)
    told = np.eye(3)[drawn.integers(0, 3, len(examples.documents))]
    mixed = train(examples._replace(truth=told), TrainingSettings(phrase_weight=0), 1)
    right = told[np.arange(len(told)), mixed.probabilities.argmax(1)].mean()
    assert right < 0.55


def test_terms_that_are_missing_are_refused(trained: Trained, tmp_path: Path) -> None:
    save_model(tmp_path, trained.stored.manifest, trained.stored.arrays, {})
    with pytest.raises(ModelError, match="is damaged"):
        load_classifier(tmp_path)


def test_rare_labels_are_not_learnt() -> None:
    rare = [Document(name=f"rare{number}", summary="other", labels=("rare",)) for number in range(9)]
    assert read_examples(documents(12) + rare).labels == ("kitchen", "maps", "music")


def test_too_few_labels_are_an_error() -> None:
    with pytest.raises(TrainingError, match="fewer than two labels"):
        read_examples(documents(5))


@pytest.mark.slow
def test_what_a_fold_says_is_learnt_without_it(examples: Examples) -> None:
    """A word that stands only in the first fold can tell nothing about it."""
    pytest.importorskip("scipy")
    marked = tuple(
        Document(name=each.name, summary="unheardof", labels=each.labels) if fold == 0 else each
        for each, fold in zip(examples.documents, examples.folds, strict=True)
    )
    settings = TrainingSettings(fields=frozenset({Field.SUMMARY}))
    probabilities, chosen, _ = held_out_probabilities(
        examples._replace(documents=marked), settings, (0,), 1, lambda *_: None
    )
    assert set(chosen.folds) == {0}
    assert np.ptp(probabilities, axis=0).max() < 1e-9


def test_a_model_that_knows_no_label_cannot_be_measured(classifier: Classifier, examples: Examples) -> None:
    with pytest.raises(TrainingError, match="knows none of the labels"):
        evaluate_model(classifier, examples._replace(labels=("a", "b", "c")), 1)


@pytest.mark.parametrize("small", [False, True])
def test_the_model_that_ships_is_small_and_says_where_it_comes_from(small: bool) -> None:
    folder = default_folder(small=small)
    model = load_model(folder, "classifier", 2)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 6_000_000
    assert len(model.manifest.labels) == 28
    assert model.manifest.metrics["micro_f1"] > 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("summary", "label"),
    [
        ("A linter that finds unused imports and formats code in pep8 style", "code-quality"),
        ("Read and write shapefiles and rasters, geospatial coordinates", "geospatial"),
        ("A pytest plugin for mock fixtures in unit tests", "testing"),
        ("Django app that adds forms and views to the admin", "web"),
    ],
)
@pytest.mark.parametrize("small", [False, True])
def test_the_model_that_ships_knows_common_subjects(summary: str, label: str, small: bool) -> None:
    classifier = load_classifier(default_folder(small=small))
    classifier.certainty = 0.0
    assert classifier.said(classifier.vector(Document(name="quokka", summary=summary)))[0][0] == label
