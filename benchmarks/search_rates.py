"""How many distinct stacks a second a search scores, in how much memory, and how the cost of a move grows.

A stack counts when a move has led to it, complete and scored, and its key is new to the run. The same run is
then made again, untimed, and an independent checker judges and scores every stack that counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from pathlib import Path

from benchmarks.instances.checking import check, score
from benchmarks.instances.frozen import frozen
from benchmarks.instances.greedy import first_stack
from benchmarks.instances.planted import mixed
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.predictors.registry import PREDICTORS

NAME = "tensorflow+flask"
SIZES = (10, 20, 40, 75, 150, 300)
SCALED = ("hill-climbing", "random-walk")
_RUNS = 5


class CountingSearch(Search):
    """Counts the distinct stacks that moves lead to.

    Attributes:
        keys: of the stacks.
        met: called where a stack is new.
    """

    def __init__(self, walk: Walk, *, seed: int, limit: int) -> None:
        super().__init__(walk, seed=seed, limit=limit)
        self.keys = {walk.key}
        self.met: Callable[[], None] | None = None

    def move(self, project: int, position: int, held: Iterable[int] = ()) -> bool:
        """See `Search.move`."""
        is_made = super().move(project, position, held)
        if is_made and self.walk.key not in self.keys:
            self.keys.add(self.walk.key)
            if self.met is not None:
                self.met()
        return is_made


def rates(predictors: Sequence[str], stacks: int, seed: int = 0) -> dict[str, Mapping[str, float]]:
    """Figures of each predictor, each taken in a process of its own."""
    found = {}
    for name in predictors:
        command = [sys.executable, "-m", "benchmarks.search_rates", name, str(stacks), str(seed)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = json.loads(done.stdout)
    return found


def measure(name: str, stacks: int, seed: int) -> None:
    """Print the figures of one predictor as JSON."""
    instance = next(one for one in frozen() if one.name == NAME)
    first = first_stack(instance)
    assert first is not None
    idle_bytes = _peak()
    search = _search(instance, first, stacks, seed)
    start_s, used_s = time.perf_counter(), time.process_time()
    _exhaust(name, search, stacks)
    wall_s, cpu_s = time.perf_counter() - start_s, time.process_time() - used_s
    peak_bytes, counted = _peak(), len(search.keys)
    moves = search.moves
    del search
    faults, checked = _checked(name, instance, first, stacks, seed)
    found = {
        "stacks": counted,
        "moves": moves,
        "stacks_per_cpu_s": round(counted / cpu_s),
        "stacks_per_wall_s": round(counted / wall_s),
        "cpu_s": round(cpu_s, 2),
        "wall_s": round(wall_s, 2),
        "idle_mb": round(idle_bytes / 1e6),
        "peak_mb": round(peak_bytes / 1e6),
        "checked": checked,
        "invalid": len(faults),
    }
    print(json.dumps(found))


def _checked(
    name: str, instance: Instance, first: Mapping[int, int], stacks: int, seed: int
) -> tuple[list[str], int]:
    """What an independent checker finds wrong with the stacks of the same run."""
    search = _search(instance, first, stacks, seed)
    faults: list[str] = []
    checked = 0

    def judge() -> None:
        nonlocal checked
        checked += 1
        stack = search.walk.stack()
        if wrong := check(instance, stack):
            faults.append(wrong[0])
        elif score(instance, stack) != search.walk.score:
            faults.append("the score is wrong")

    judge()
    search.met = judge
    _exhaust(name, search, stacks)
    return faults, checked


def _search(instance: Instance, first: Mapping[int, int], stacks: int, seed: int) -> CountingSearch:
    return CountingSearch(Walk(InstanceLandscape(instance), first), seed=seed, limit=stacks)


def _exhaust(name: str, search: CountingSearch, stacks: int) -> None:
    """Search until so many stacks were met, or ten times as many moves were made."""
    for _ in PREDICTORS[name]().steps(search):
        if len(search.keys) >= stacks or search.moves >= 10 * stacks:
            return


def _peak() -> int:
    """Of this process alone: what getrusage says includes the process before it became this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def scaling(moves: int = 20_000) -> dict[str, dict[str, float]]:
    """Microseconds of processor time for a move at each size, and the exponent of their growth."""
    found: dict[str, dict[str, float]] = {}
    for name in SCALED:
        costs = {}
        for size in SIZES:
            instance = mixed(size, 0)
            first = first_stack(instance)
            assert first is not None
            costs[size] = min(_cost(name, instance, first, moves, seed) for seed in range(_RUNS))
        found[name] = {str(size): round(cost * 1e6, 1) for size, cost in costs.items()}
        found[name]["exponent"] = round(_slope(costs), 3)
    return found


def _cost(name: str, instance: Instance, first: Mapping[int, int], moves: int, seed: int) -> float:
    search = Search(Walk(InstanceLandscape(instance), first), seed=seed, limit=moves)
    used_s = time.process_time()
    for _ in PREDICTORS[name]().steps(search):
        if search.moves >= moves:
            break
    return (time.process_time() - used_s) / search.moves


def _slope(costs: Mapping[int, float]) -> float:
    """Of the line through the logarithms, by least squares: 1 is linear growth."""
    points = [(log(size), log(cost)) for size, cost in costs.items()]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return across / sum((x - mean_x) ** 2 for x, _ in points)


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
