from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.searching.terrains import release
from knowledge.observations.record import ReleaseIdentity
from resolver.monkey.suspects import explanation, suspects

STACKS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=12, unique=True
)


def releases(stack: tuple[int, ...]) -> frozenset[ReleaseIdentity]:
    return frozenset(release(f"{name}=={version}") for name, version in zip("abc", stack, strict=True))


@given(STACKS, st.integers(0, 12))
@settings(max_examples=150, deadline=None)
def test_suspects_are_in_no_passing_stack_and_the_fewest_explain_all_that_can_be(
    stacks: list[tuple[int, int, int]], cut: int
) -> None:
    every = [releases(one) for one in stacks]
    failing, passing = every[: min(cut, len(every))], every[min(cut, len(every)) :]
    found = suspects(failing, passing)
    for suspect, numbers in found.items():
        assert not any(set(suspect) <= one for one in passing)
        assert numbers == {n for n, one in enumerate(failing) if set(suspect) <= one}
    if not found:
        return
    explained = frozenset[int]().union(*found.values())
    chosen, _ = explanation(found, len(failing), {})
    assert frozenset[int]().union(*(found[one] for one in chosen)) == explained
    for size in range(1, min(len(chosen), 3)):
        assert not any(
            frozenset[int]().union(*(found[one] for one in fewer)) == explained
            for fewer in combinations(found, size)
        )
