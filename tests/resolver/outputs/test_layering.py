"""Drawings of graphs: nothing overlaps, every line is drawn once, and circles are cut."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fakes.searching.advices import pin
from resolver.outputs.pages.layering import NODE, Layered, layered
from resolver.outputs.pages.stack_graph import stack_graph


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"n{number}" for number in range(draw(st.integers(0, 12)))]
    return {name: draw(st.lists(st.sampled_from(names), unique=True, max_size=5)) for name in names}


def followed(found: Layered) -> set[tuple[str, str]]:
    """From which node to which the stretches lead."""
    drawn: set[tuple[str, str]] = set()
    reached: dict[tuple[str, int], int] = defaultdict(int)
    for stretch in found.stretches:
        if stretch.target is None:
            reached[stretch.source, stretch.column + 1] += 1
    for stretch in found.stretches:
        start = found.places[stretch.source][0]
        # Whatever is passed on the way is drawn, once.
        assert all(reached[stretch.source, at] == 1 for at in range(start + 1, stretch.column + 1))
        if stretch.target is not None:
            drawn.add((stretch.source, stretch.target))
    return drawn


@given(graphs())
def test_every_line_is_drawn_from_left_to_right_or_cut(graph: dict[str, list[str]]) -> None:
    found = layered(graph)
    asked = {(source, target) for source, targets in graph.items() for target in targets if source != target}
    assert followed(found) | set(found.against) == asked
    assert not followed(found) & set(found.against)
    for source, target in followed(found):
        assert found.places[source][0] < found.places[target][0]


@given(graphs())
def test_no_node_covers_another(graph: dict[str, list[str]]) -> None:
    found = layered(graph)
    assert set(found.places) == set(graph)
    columns: dict[int, list[float]] = defaultdict(list)
    for column, y in found.places.values():
        assert 0 <= column < found.columns
        assert NODE / 2 - 1e-6 <= y <= found.height - NODE / 2 + 1e-6
        columns[column].append(y)
    for heights in columns.values():
        heights.sort()
        assert all(b - a >= NODE - 1e-6 for a, b in pairwise(heights))


@given(graphs())
def test_the_same_graph_is_drawn_the_same(graph: dict[str, list[str]]) -> None:
    assert layered(graph) == layered(dict(graph))


def test_a_graph_without_circles_has_none_cut() -> None:
    found = layered({"a": ["b", "c"], "b": ["c"], "c": []})
    assert found.against == ()
    assert {name: column for name, (column, _) in found.places.items()} == {"a": 0, "b": 1, "c": 2}


def test_projects_that_need_each_other_are_drawn() -> None:
    stack = [pin("a", "1", dependents=("b",)), pin("b", "1", direct=False, dependents=("a", "b"))]
    graph = stack_graph(stack)
    assert [(edge.source, edge.target, edge.is_back) for edge in graph.edges] == [(0, 1, False), (1, 0, True)]


def test_long_names_keep_their_ends() -> None:
    graph = stack_graph(
        [pin("apache-airflow-providers-common-sql", "1"), pin("apache-airflow-providers-smtp", "1")]
    )
    texts = [node.text for node in graph.nodes]
    assert len(set(texts)) == 2
    assert all(len(text) <= 20 and text.startswith("apache") for text in texts)
