"""Maps keep distances, curves keep counts, and the page holds everything and lets nothing out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from fakes.about.documents import kind_documents
from topics.modelling.corpus import corpus
from topics.modelling.nmf import NmfLearner
from topics.plots.figures import draw_confusion, draw_packages, draw_risk, draw_topics
from topics.plots.maps import PackagePoint, TopicPoint, package_map, scaled, topic_map
from topics.plots.page import PageData, page
from topics.plots.predictions import confusion, risk_points

TRUTH = np.array([[1, 0], [0, 1], [1, 1], [1, 0]], bool)
SAID = np.array([[0.9, 0.1], [0.2, 0.7], [0.4, 0.6], [0.3, 0.5]])


def test_places_in_the_plane_keep_distances_of_the_plane() -> None:
    corners = np.array([[0.0, 0], [3, 0], [0, 4], [3, 4]])
    distances = np.linalg.norm(corners[:, None] - corners[None], axis=2)
    places = scaled(distances)
    assert np.allclose(np.linalg.norm(places[:, None] - places[None], axis=2), distances, atol=1e-4)


def test_risk_and_confusion_count_what_is_right() -> None:
    points = risk_points(SAID, TRUTH, steps=4)
    assert [point.coverage for point in points] == [0.25, 0.5, 0.75, 1.0]
    assert [point.precision for point in points] == [1, 1, 1, 0.75]
    assert confusion(SAID, TRUTH, ("a", "b")).counts == ((1, 1), (0, 2))
    assert risk_points(SAID[:0], TRUTH[:0]) == []


def test_a_page_is_self_contained_and_names_cannot_leave_their_element() -> None:
    evil = "</script><script>alert(1)</script><!--\u2028"
    point = TopicPoint(number=0, name=evil, x=0, y=0, share=1, terms={evil: 1.0})
    package = PackagePoint(name=evil, x=0, y=0, topic=0)
    text = page(PageData(title=evil, told=(evil,), topics=[point], packages=[package]))
    assert text.count("<script") == text.count("</script>") == 2
    assert "alert(1)</" not in text.replace("alert(1)&lt;/", "")
    assert not re.search(r"""(?:src|href)\s*=|@import|url\(|https?://(?!www\.w3\.org/2000/svg)""", text)
    data = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert data
    assert json.loads(data[1])["packages"][0]["name"] == evil


@pytest.mark.slow
def test_figures_are_written_in_the_format_of_their_suffix_and_come_again(tmp_path: Path) -> None:
    documents = kind_documents(40)
    texts = corpus(documents)
    model = NmfLearner().learn(texts, 4, 0)
    topics = topic_map(model)
    packages = package_map(model, texts, [document.name for document in documents])
    assert len(topics) == 4
    assert {point.name for point in packages} == {document.name for document in documents}
    for name in ("one", "two"):
        draw_topics(tmp_path / f"{name}.svg", topics)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    draw_packages(tmp_path / "packages.png", packages, {topic.number: topic.name for topic in topics})
    draw_risk(tmp_path / "risk.png", risk_points(SAID, TRUTH))
    draw_confusion(tmp_path / "confusion.png", confusion(SAID, TRUTH, ("a", "b")))
    for name in ("packages", "risk", "confusion"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
