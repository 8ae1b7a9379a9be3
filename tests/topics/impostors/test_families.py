"""Published families of typosquats beside honest names of the collected documents."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.topic_impostors import FAMILIES, measured
from fakes.cases import case_files
from topics.document_lines import document_file


@pytest.mark.slow
def test_typosquats_are_found_and_honest_names_are_left_alone() -> None:
    files = case_files("topics", "package-metadata-dev.jsonl.gz")
    if not files:
        pytest.skip("the collected documents are not here")
    found = measured(document_file(files[0]), date(2026, 11, 22))
    assert found.honest >= 50
    assert {key.partition(":")[0] for key in found.recall} == set(FAMILIES)
    assert found.recall_of_all >= 0.9, found.recall
    assert min(found.precision.values()) >= 0.9, found.suspected
