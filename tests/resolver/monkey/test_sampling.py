from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.searching.terrains import Projects, terrain, texts
from resolver.errors import InputError
from resolver.monkey.combining import combined, spread_product
from resolver.monkey.coverage import Coverage
from resolver.monkey.decisions import Decision, planned, sampled
from resolver.monkey.plan import Demand
from resolver.monkey.sampling import Sampler, covering, put
from resolver.monkey.weights import StatedWeights, TemporalWeights, read_weights

VERSIONS = ("1", "2", "3", "4")
SHOP: Projects = {
    "app": {v: {"web": ">=2" if v > "2" else "", "lib": ""} for v in VERSIONS},
    "web": {v: {"lib": "<4" if v == "1" else ""} for v in VERSIONS},
    "lib": {v: {} for v in VERSIONS},
}


def is_valid(stack: dict[str, str]) -> bool:
    met = stack["app"] <= "2" or stack["web"] >= "2"
    return met and (stack["web"] > "1" or stack["lib"] < "4")


def test_samples_are_valid_distinct_and_the_same_for_a_seed() -> None:
    space = terrain(SHOP, "app")
    first = list(islice(covering(space, Coverage(space), 7), 40))
    assert [texts(space, one) for one in first] == [
        texts(space, one) for one in islice(covering(space, Coverage(space), 7), 40)
    ]
    assert all(is_valid(texts(space, one)) for one in first)
    assert len({tuple(sorted(one.items())) for one in first}) == 40
    other = [texts(space, one) for one in islice(covering(space, Coverage(space), 8), 40)]
    assert other != [texts(space, one) for one in first]


def test_a_small_space_is_seen_as_a_whole_and_ends() -> None:
    space = terrain(SHOP, "app")
    every = {
        (a, w, one)
        for a in VERSIONS
        for w in VERSIONS
        for one in VERSIONS
        if is_valid({"app": a, "web": w, "lib": one})
    }
    found = {tuple(texts(space, one)[n] for n in SHOP) for one in covering(space, Coverage(space), 0)}
    assert found == every


def test_covering_sees_all_pairs_with_few_stacks() -> None:
    """The largest edge has 16 pairs: no fewer stacks than 16 can do, and chance needs more."""
    space = terrain(SHOP, "app")
    coverage = Coverage(space)
    taken = 0
    for _ in covering(space, coverage, 1):
        taken += 1
        if coverage.seen == coverage.possible:
            break
    assert coverage.possible == 8 + 6 + 16 + 12 + 3  # app-web, app-lib, web-lib by what each admits
    assert taken <= 22
    plain, drawn = Coverage(space), 0
    sampler = Sampler(space, 1)
    while plain.seen < plain.possible:
        drawn += 1
        plain.take(sampler.draw()[1])
    assert drawn > taken


def test_every_release_is_drawn_about_as_often() -> None:
    space = terrain({"lib": {str(v): {} for v in range(8)}}, "lib")
    sampler = Sampler(space, 3)
    counts = Counter(sampler.draw()[1][0] for _ in range(800))
    assert set(counts) == set(range(8))
    assert max(counts.values()) < 2 * min(counts.values())


def test_all_combines_the_releases_of_what_is_required() -> None:
    space = terrain({**SHOP, "tool": {v: {"lib": ">=2"} for v in VERSIONS}}, "app", "tool")
    found = [texts(space, one) for one in combined(space, Coverage(space))]
    assert {(one["app"], one["tool"]) for one in found} == {(a, t) for a in VERSIONS for t in VERSIONS}
    assert len(found) == 16
    assert all(is_valid(one) and one["lib"] >= "2" for one in found)
    assert len({one["app"] for one in found[:5]}) > 2  # what comes first is spread already


@given(st.lists(st.integers(1, 7), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_product_is_gone_through_once(counts: list[int]) -> None:
    found = list(spread_product(counts))
    assert len(set(found)) == len(found)
    total = 1
    for count in counts:
        total *= count
    assert len(found) == total
    assert all(0 <= number < count for one in found for number, count in zip(one, counts, strict=True))


def test_stated_weights_decide_what_is_drawn() -> None:
    space = terrain({"lib": {v: {} for v in VERSIONS}}, "lib")
    sampler = Sampler(space, 5, StatedWeights(space, {"lib": {"<3": 0.0, "==3": 9.0}}))
    counts = Counter(texts(space, sampler.draw()[1])["lib"] for _ in range(300))
    assert set(counts) == {"3", "4"}
    assert counts["3"] > 5 * counts["4"]


def test_releases_of_one_time_are_drawn_together() -> None:
    years = {f"{name}=={v}": f"20{10 + 4 * int(v)}-01-01T00:00:00Z" for name in SHOP for v in VERSIONS}
    free: Projects = {name: {v: {} for v in VERSIONS} for name in ("web", "lib")}
    asking: Projects = {"app": {v: {"web": "", "lib": ""} for v in VERSIONS}}
    space = terrain({**asking, **free}, "app", uploaded_at=years)
    sampler = Sampler(space, 5, TemporalWeights(space))
    drawn = [texts(space, sampler.draw()[1]) for _ in range(200)]
    same = sum(len(set(one.values())) == 1 for one in drawn)
    assert same > 100  # of evenly drawn ones it would be about 12


def test_weights_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text('Flask_Login = 0.5\n[flask]\n">=3" = 2.0\n')
    assert read_weights(path) == {"flask-login": {"": 0.5}, "flask": {">=3": 2.0}}


@pytest.mark.parametrize(
    "text", ["flask = -1", "flask = 'much'", "[flask]\n'>>3' = 1", "nonsense", "f = nan"]
)
def test_what_is_no_weight_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"weights\.toml"):
        read_weights(path)


def test_a_plan_names_stacks_by_what_is_probed() -> None:
    space = terrain(SHOP, "app")
    plain = planned(space, sampled(space, Decision.RANDOM, 0), Demand(roots=("app",)), 5)
    scripted = planned(space, sampled(space, Decision.RANDOM, 0), Demand(roots=("app",), script="1"), 5)
    assert [one.pins for one in plain] == [one.pins for one in scripted]
    assert not {one.id for one in plain} & {one.id for one in scripted}
    assert sum(one.new_pairs for one in plain) == 15  # three edges, each new every time


def test_one_release_is_put_to_another_and_the_rest_stays_where_it_can() -> None:
    space = terrain(SHOP, "app")
    start = space.stack(pin.release for pin in space.pins(dict(space.first)))
    assert start is not None
    web = 1
    moved = put(space, start, [(web, 1)])
    assert moved is not None
    assert texts(space, moved) == {"app": "4", "web": "2", "lib": "4"}
    repaired = put(space, start, [(web, 0)])
    assert repaired is not None
    assert is_valid(texts(space, repaired))
    assert texts(space, repaired)["web"] == "1"
