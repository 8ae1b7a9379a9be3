"""What `--predictor auto` goes by: every predictor by size of the stack and budget, on instances with a gap.

`python -m benchmarks choosing` writes `resolver/predictors/measured.json`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean, median

import msgspec

from benchmarks.instances.collection import Solved, solved
from benchmarks.predictors import Outcome, searched
from resolver.predictors.auto import MEASURED, Rank, Row
from resolver.predictors.registry import PREDICTORS

SIZES = (15, 40, None)
BUDGETS = (500, 5_000, None)
LARGEST_BUDGET = 20_000


def run(arguments: Sequence[str]) -> None:
    """Print every row, and write them down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks choosing", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--instances", action="append", default=[], metavar="PATTERN", help="default: all")
    options = parser.parse_args(arguments)
    instances = [one for one in solved(options.instances) if one.gap]
    rows = [
        row(size, budget, sized, options.seeds)
        for number, size in enumerate(SIZES)
        if (sized := _sized(instances, number))
        for budget in BUDGETS
    ]
    for one in rows:
        show(one)
    if not options.instances:
        MEASURED.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")


def _sized(instances: Sequence[Solved], number: int) -> list[Solved]:
    """Those within a band of sizes."""
    low, high = (0, *SIZES)[number] or 0, SIZES[number]
    return [one for one in instances if low < len(one.first) and (high is None or len(one.first) <= high)]


def row(size: int | None, budget: int | None, instances: Sequence[Solved], seeds: int) -> Row:
    """One row, the best predictor first."""
    ranks = []
    for name, made in PREDICTORS.items():
        if made().improves:
            found = [
                searched(one, name, seed, budget or LARGEST_BUDGET)
                for one in instances
                for seed in range(seeds)
            ]
            ranks.append(rank(name, found))
    ranks.sort(key=lambda one: (-one.median, -one.worst, one.needed))
    return Row(projects=size, moves=budget, instances=len(instances), ranks=tuple(ranks))


def rank(name: str, outcomes: Sequence[Outcome]) -> Rank:
    """What a predictor reaches, the mean over instances."""
    shares: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        shares[outcome.instance].append(outcome.share)
    return Rank(
        predictor=name,
        median=round(fmean(map(median, shares.values())), 3),
        worst=round(fmean(map(min, shares.values())), 3),
        needed=round(fmean(one.needed for one in outcomes)),
        moves_per_s=round(sum(one.moves for one in outcomes) / sum(one.wall_s for one in outcomes)),
    )


def show(measured: Row) -> None:
    """One row as a table."""
    print(f"stacks of at most {measured.projects}, budgets of at most {measured.moves} moves,", end=" ")
    print(f"{measured.instances} instances")
    for one in measured.ranks:
        told = f"  {one.predictor:22}{one.median:8.3f}{one.worst:8.3f}"
        print(f"{told}{one.needed:8}{one.moves_per_s:10,}", flush=True)
