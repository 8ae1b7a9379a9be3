"""Small landscapes made up, and every valid stack of one by trying all, with a check of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from hypothesis import strategies as st

from resolver.landscapes.instance import Asking, Instance, InstanceProject, PairLoss
from resolver.landscapes.landscape import Ask
from resolver.states.versions import ABSENT, bit, positions, span

Stack = Mapping[int, int]


def scores_of_stacks(instance: Instance) -> dict[tuple[tuple[int, int], ...], int]:
    """The score of every valid stack, each as pairs of project and position."""
    choices = [[None, *positions(_domain(project))] for project in instance.projects]
    found = {}
    for chosen in product(*choices):
        stack = {number: at for number, at in enumerate(chosen) if at is not None}
        score = score_of(instance, stack)
        if score is not None:
            found[tuple(stack.items())] = score
    return found


def score_of(instance: Instance, stack: Stack) -> int | None:
    """The score of a stack; None where it is not valid."""
    if any(not bit(at) & _domain(instance.projects[number]) for number, at in stack.items()):
        return None
    for refuted in instance.refuted:
        if all(mask & (bit(stack[p]) if p in stack else ABSENT) for p, mask in refuted):
            return None
    active = _active(instance, stack)
    if active is None or {project for project, _ in active} != set(stack):
        return None
    total = sum(instance.projects[number].scores[at] for number, at in stack.items())
    for project, part in active:
        for loss in instance.projects[project].losses:
            counts = loss.part == part and loss.project != project and loss.project in stack
            if counts and loss.releases & bit(stack[project]) and loss.beside & bit(stack[loss.project]):
                total += loss.score
    return total


def _active(instance: Instance, stack: Stack) -> set[tuple[int, str | None]] | None:
    """The parts that the requirements reach; None where something that is asked for is not there."""
    active: set[tuple[int, str | None]] = set()
    waiting: list[tuple[int | None, Ask]] = [(None, ask) for ask in instance.requirements]
    while waiting:
        asker, ask = waiting.pop()
        options = [(ask.project, ask.mask), *(ask.others if ask.project != asker else ())]
        serving = [number for number, mask in options if number in stack and mask & bit(stack[number])]
        if not serving:
            return None
        for part in (None, *ask.extras):
            if (serving[0], part) not in active:
                active.add((serving[0], part))
                waiting += [(serving[0], one) for one in _asks(instance, serving[0], stack, part)]
    return active


def _asks(instance: Instance, project: int, stack: Stack, part: str | None) -> Iterator[Ask]:
    for asking in instance.projects[project].asks:
        if asking.part == part and asking.releases & bit(stack[project]):
            yield asking.ask


def _domain(project: InstanceProject) -> int:
    everything = span(0, len(project.versions))
    return everything if project.domain is None else project.domain & everything


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Instances small enough to try every stack, with all that a landscape can have."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=5))
    extras = ("x", "y")
    numbers = st.integers(0, len(sizes) - 1)

    def mask(project: int, least: int = 1) -> int:
        return draw(st.integers(least, (1 << sizes[project]) - 1)) << 1

    def ask() -> Ask:
        project = draw(numbers)
        others = draw(st.lists(numbers.filter(lambda n: n != project), max_size=1))
        wanted = (
            draw(st.lists(st.sampled_from(extras), max_size=2, unique=True)) if draw(st.booleans()) else []
        )
        others = others if draw(st.integers(0, 3)) == 0 else []
        return Ask(project, mask(project), tuple(sorted(wanted)), tuple((o, mask(o)) for o in others))

    def part() -> str | None:
        return draw(st.sampled_from((None, None, None, *extras)))

    def amount() -> int:
        return -draw(st.sampled_from((0, 1, 1, 2, 3, 5, 8)))

    projects = []
    for number, size in enumerate(sizes):
        asks = [Asking(mask(number), part(), ask()) for _ in range(draw(st.integers(0, 3)))]
        losses = []
        for _ in range(draw(st.integers(0, 2))):
            other = draw(numbers)
            losses.append(PairLoss(mask(number), part(), other, mask(other), amount() - 1))
        projects.append(
            InstanceProject(
                name=f"p{number}",
                versions=tuple(str(at) for at in range(size)),
                scores=tuple(amount() for _ in range(size)),
                domain=mask(number) if draw(st.integers(0, 3)) == 0 else None,
                asks=tuple(asks),
                losses=tuple(losses),
            )
        )
    return Instance(
        name="made up",
        projects=tuple(projects),
        requirements=tuple(ask() for _ in range(draw(st.integers(1, 2)))),
        refuted=tuple(draw(st.lists(refutations(sizes), max_size=2))),
    )


@st.composite
def refutations(draw: st.DrawFn, sizes: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """What cannot stand together, of one to three projects, some of which may be absent."""
    numbers = st.integers(0, len(sizes) - 1)
    projects = draw(st.lists(numbers, min_size=1, max_size=3, unique=True))
    return tuple((p, draw(st.integers(1, (2 << sizes[p]) - 1))) for p in projects)
