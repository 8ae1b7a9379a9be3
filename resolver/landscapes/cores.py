"""Whether variables can all lie in given masks, and if not, which of them cannot: unsatisfiable cores.

Assumptions are decisions, so that what is learned rests on none of them and stays. A core is as wide as its
proof: each of its terms spans every value for which the same proof holds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence

from resolver.states.incompatibilities import Incompatibility, Missing
from resolver.states.propagation import Propagation

MOST_TRIED = 30
"""Terms of one core that are tried away; each try costs a propagation for each of the others."""

_PROVEN = Missing("")


def assume(
    propagation: Propagation, terms: Sequence[tuple[int, int]], most: int = sys.maxsize
) -> Generator[None, None, list[Incompatibility]]:
    """Decide that variables lie in masks; the cores of those that cannot, and where there is none all stands.

    A variable that cannot is left out of what is assumed from then on, so that one pass over the terms finds
    many cores, of which each has a variable of its own.

    Yields after each step of work.

    Args:
        propagation: whose decisions these become.
        terms: variables and masks.
        most: cores after which it ends.
    """
    propagation.backjump(0)
    assumed = dict(terms)
    found: list[Incompatibility] = []
    index = 0
    while index < len(terms) and len(found) < most:
        variable, mask = terms[index]
        domain = propagation.domains[variable]
        if domain & ~mask and variable in assumed:
            if not domain & mask:
                if not propagation.domain_at(variable, 0) & mask:
                    found.append(Incompatibility({variable: mask}, _PROVEN))
                else:
                    found.append(propagation.refusal(variable, assumed))
                del assumed[variable]
                continue
            level = propagation.level
            propagation.decide(variable, mask)
            propagation.propagate()
            yield
            if propagation.level <= level:
                index = 0
                continue
        index += 1
    return found


def minimised(
    propagation: Propagation, core: Incompatibility, weight: Callable[[int, int], int]
) -> Generator[None, None, Incompatibility]:
    """A core without the terms that it holds without; those that weigh least go first."""
    ordered = sorted(core.masks, key=lambda v: (weight(v, core.masks[v]), v))
    for variable in ordered[:MOST_TRIED]:
        if variable in core.masks and len(core.masks) > 1:
            rest = [(v, mask) for v, mask in core.masks.items() if v != variable]
            smaller = yield from assume(propagation, rest, most=1)
            core = smaller[0] if smaller else core
    propagation.backjump(0)
    return core


def complete(
    propagation: Propagation,
    choose: Callable[[], tuple[int, int] | None],
) -> Generator[None, None, bool]:
    """Decide on, as `choose` says, until it says None; false when what was assumed before fell."""
    base = propagation.level
    while (choice := choose()) is not None:
        propagation.decide(*choice)
        propagation.propagate()
        yield
        if propagation.level < base:
            return False
    return True
