"""Predictors beside each other: how much of the way from the first stack to the best one each closes.

`python -m benchmarks predictors [--predictor NAME ...] [--instances PATTERN ...]`. Every predictor searches
on every instance with every seed, from the same first stack, with the same number of moves; a search ends
early where it has met the optimum. An independent checker judges every stack that is returned.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import msgspec

from benchmarks import search_bounds, search_rates
from benchmarks.instances.checking import check, score
from benchmarks.instances.collection import Solved, solved
from benchmarks.results import machine, record
from resolver.landscapes.bound import Bound
from resolver.landscapes.instance import InstanceLandscape
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.predictors.registry import PREDICTORS
from resolver.search.improving import PROOF_STEPS

RANDOM = "random-walk"
ADVISED = "as-advise-does"
"""The bound first, as `advise` has it, and hill climbing with what is left to find."""
PARTS = ("quality", "bound", "rate", "scaling")


class Outcome(msgspec.Struct, frozen=True):
    """One search.

    Attributes:
        share: of the gap that was closed.
        faults: what is wrong with the stack that was returned.
        needed: moves after which the best stack of the search was found.
    """

    instance: str
    predictor: str
    seed: int
    share: float
    moves: int
    needed: int
    wall_s: float
    faults: tuple[str, ...] = ()


def run(arguments: Sequence[str]) -> None:
    """Print the tables that are asked for, and record their figures."""
    options = _options(arguments)
    found: dict[str, object] = {}
    if {"quality", "bound"} & {*options.part}:
        instances = list(solved(options.instances))
        if "quality" in options.part:
            found["quality"] = _quality(instances, options)
        if "bound" in options.part:
            bounds = search_bounds.bounds(instances)
            found["bound"] = {"machine": machine(), **bounds}
            _tell(options, "the bound beside the proven optimum", bounds)
    if "rate" in options.part:
        rates = search_rates.rates(("random-walk", "hill-climbing"), options.stacks)
        found["rate"] = {"instance": search_rates.NAME, "machine": machine(), **rates}
        _tell(options, "stacks of tensorflow flask, on one core", rates)
    if "scaling" in options.part:
        costs = search_rates.scaling()
        found["scaling"] = {"machine": machine(), **costs}
        _tell(options, "microseconds per move, by projects", costs)
    if options.json:
        print(json.dumps(found, indent=2))
    for part, figures in found.items():
        if not options.instances and isinstance(figures, dict):
            record("predictors", (part,), figures)


def _quality(instances: Sequence[Solved], options: argparse.Namespace) -> dict[str, object]:
    with_gap = [one for one in instances if one.gap]
    if not options.json:
        print(f"{len(instances)} instances, {len(with_gap)} of them with a gap", flush=True)
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    with ProcessPoolExecutor(options.jobs) as pool:
        work = [
            pool.submit(searched, one, name, seed, options.moves)
            for name in options.predictor
            for one in with_gap
            for seed in range(options.seeds)
        ]
        for future in work:
            outcome = future.result()
            outcomes[outcome.predictor].append(outcome)
    rows = {name: summary(several, outcomes.get(RANDOM, ())) for name, several in outcomes.items()}
    if not options.json:
        show(rows)
    return {
        "machine": machine(),
        "moves": options.moves,
        "seeds": options.seeds,
        "instances": len(instances),
        "with_gap": len(with_gap),
        "predictors": rows,
    }


def _tell(options: argparse.Namespace, title: str, rows: Mapping[str, Mapping[str, object]]) -> None:
    if not options.json:
        print(f"\n{title}")
        for name, row in rows.items():
            print(f"{name:22}" + "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


def searched(one: Solved, name: str, seed: int, moves: int) -> Outcome:
    """One search of one predictor with one seed."""
    start_s = time.perf_counter()
    search = Search(Walk(InstanceLandscape(one.instance), one.first), seed=seed, limit=moves)
    best, needed = search.best_score, 0
    if name == ADVISED:
        prove(search, one)
    best = search.best_score
    predictor = PREDICTORS["hill-climbing" if name == ADVISED else name]()
    for _ in predictor.steps(search) if predictor.improves else ():
        if search.best_score > best:
            best, needed = search.best_score, search.moves
        if search.moves >= moves or best == one.best:
            break
    wall_s = time.perf_counter() - start_s
    faults = check(one.instance, search.best)
    if not faults and (counted := score(one.instance, search.best)) != search.best_score:
        faults = [f"the score is {counted}, not {search.best_score}"]
    share = (search.best_score - one.first_score) / one.gap
    return Outcome(
        one.instance.name, name, seed, round(share, 6), search.moves, needed, wall_s, tuple(faults)
    )


def prove(search: Search, one: Solved) -> None:
    """What `advise` does before a predictor begins: work on the bound, and go to the stack it comes to."""
    landscape = InstanceLandscape(one.instance)
    bound = Bound(landscape, landscape.asks)
    bound.tighten(PROOF_STEPS)
    if bound.best is not None and bound.reached is not None and bound.reached > search.best_score:
        search.visit(bound.best)


def summary(outcomes: Sequence[Outcome], walks: Iterable[Outcome]) -> dict[str, object]:
    """What is told of one predictor.

    A predictor beats the random walk on an instance where its median is higher; where both reach the optimum,
    where it needs fewer moves.
    """
    by_instance, others = _by_instance(outcomes), _by_instance(walks)
    medians = {name: median(one.share for one in several) for name, several in by_instance.items()}
    beaten = [name for name in others if name in by_instance and _key(by_instance[name]) > _key(others[name])]
    moves, wall_s = sum(one.moves for one in outcomes), sum(one.wall_s for one in outcomes)
    worst = min(outcomes, key=lambda one: one.share)
    return {
        "median": round(median(medians.values()), 4),
        "worst_median": round(min(medians.values()), 4),
        "least": round(worst.share, 4),
        "least_of": f"{worst.instance} {worst.seed}",
        "medians_of_99": round(sum(one >= 0.99 for one in medians.values()) / len(medians), 4),
        "seeds_of_95": round(sum(one.share >= 0.95 for one in outcomes) / len(outcomes), 4),
        "beats_random_walk": round(len(beaten) / len(others), 4) if others else None,
        "invalid": sum(bool(one.faults) for one in outcomes),
        "faults": sorted({fault for one in outcomes for fault in one.faults})[:5],
        "moves_per_s": round(moves / wall_s) if wall_s else 0,
        "wall_s": round(wall_s, 1),
        "worst": {name: round(share, 4) for name, share in sorted(medians.items(), key=lambda i: i[1])[:8]},
    }


COLUMNS = {
    "median": "median",
    "worst": "worst_median",
    "least": "least",
    "of 0.99": "medians_of_99",
    "beats walk": "beats_random_walk",
    "invalid": "invalid",
    "moves/s": "moves_per_s",
    "wall s": "wall_s",
}


def show(rows: Mapping[str, Mapping[str, object]]) -> None:
    """The table."""
    print(f"{'predictor':22}" + "".join(f"{title:>11}" for title in COLUMNS) + "  least of")
    for name, row in rows.items():
        print(
            f"{name:22}" + "".join(f"{row[key]!s:>11}" for key in COLUMNS.values()) + f"  {row['least_of']}"
        )
        if row["invalid"]:
            print(f"  {row['faults']}")


def _by_instance(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.instance].append(outcome)
    return found


def _key(several: Sequence[Outcome]) -> tuple[float, float]:
    share = median(one.share for one in several)
    return share, -median(one.needed for one in several) if share == 1 else 0.0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks predictors", description=__doc__)
    parser.add_argument(
        "--predictor", action="append", choices=sorted([*PREDICTORS, ADVISED]), help="default: all"
    )
    parser.add_argument("--instances", action="append", default=[], metavar="PATTERN", help="default: all")
    parser.add_argument("--moves", type=int, default=20_000, help="of one search (default: 20000)")
    parser.add_argument("--seeds", type=int, default=10, help="how many (default: 10)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--part", action="append", choices=PARTS, help="default: all")
    parser.add_argument("--stacks", type=int, default=1_000_000, help="for the rate (default: 1000000)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    options.part = options.part or PARTS
    options.predictor = options.predictor or sorted([*PREDICTORS, ADVISED])
    return options
