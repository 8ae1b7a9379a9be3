"""The measures of retrieval on rankings whose values are known, and on the collected groups."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fakes.cases import case_files
from topics.document_lines import document_file
from topics.similar.building import build_index
from topics.similar.evaluation import alternatives_of, evaluate
from topics.similar.ranking import closeness


def test_alternatives_are_the_members_of_all_groups_that_are_there() -> None:
    numbers = {"a": 0, "b": 1, "c": 2, "d": 3}
    groups = [["a", "b", "gone"], ["b", "c"], ["d", "gone"]]
    assert alternatives_of(groups, numbers) == {0: {1}, 1: {0, 2}, 2: {1}}


def test_measures_of_a_known_ranking() -> None:
    scores = np.arange(100, 0, -1, dtype=np.float32)

    def scored(number: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        own = scores.copy()
        own[number] = -1
        return own

    score = evaluate(scored, {99: frozenset({0, 20, 70}), 98: frozenset({60})})
    assert score.queries == 2
    assert score.recall_10 == pytest.approx((1 / 3 + 0) / 2)
    assert score.recall_50 == pytest.approx((2 / 3 + 0) / 2)
    assert score.mrr == pytest.approx((1 + 1 / 61) / 2)
    assert score.hit_10 == 0.5
    assert score.mrr_interval[0] <= score.mrr <= score.mrr_interval[1]


@pytest.mark.slow
def test_alternatives_of_the_collected_groups_are_found_in_the_whole_pool() -> None:
    """Floors are the aims of the project; labels and groups are not read by the index."""
    files, groups = (
        case_files("topics", "package-metadata-*.jsonl.gz"),
        case_files("topics", "alternatives-*.json"),
    )
    if not files or not groups:
        pytest.skip("no collected documents and groups of alternatives")
    index = build_index(document_file(files[0]))
    numbers = {fact.name: number for number, fact in enumerate(index.facts)}
    members = [group["members"] for group in json.loads(groups[0].read_text())]
    score = evaluate(lambda number: closeness(index.parts, number), alternatives_of(members, numbers))
    assert score.recall_10 >= 0.33
    assert score.mrr >= 0.42
