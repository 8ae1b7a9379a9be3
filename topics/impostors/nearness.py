"""Popular names that a name is near to.

One pass over the popular names for each name that is asked about; a set of the letters of each name, as bits,
rules most of them out before a distance is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

import msgspec

from topics.impostors.popular_names import popular_names, ranks
from topics.impostors.slips import AFFIXES, Slip, slip_between

_LONGEST = 80
"""Letters; a longer name is not compared."""
_SHORTEST = 5
"""Letters; shorter names are too close to one another for any slip to tell something."""
_WIDEST_RANKS = ((5, 1_000), (6, 2_500), (8, 5_000), (10, 15_000))
"""Length of a popular name to how far down the ranks it may stand: short ones have honest neighbours."""
_WEAK_RANK = 1_000
_FURTHEST = 2
_SHORTEST_WEAK = 6
_SHORTEST_DISTANT = 8


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """A popular name that another is near to.

    Attributes:
        popular: normalised.
        rank: its place by downloads, from 1.
    """

    popular: str
    rank: int
    slip: Slip


def is_vouched_for(name: str) -> bool:
    """Whether a normalised name is popular itself, or otherwise well known."""
    if name in ranks():
        return True
    from analyzers.source.names.popular_projects import popular_projects  # reads tables of its own
    from analyzers.source.names.standard_library import is_standard

    return name in popular_projects() or is_standard(name.replace("-", "_"))


@lru_cache(4096)
def nearest(name: str) -> Near | None:
    """The popular name that a normalised name is most probably taken for; None where there is none.

    A name that is vouched for is near to nothing.
    """
    if not _SHORTEST - 1 <= len(name) <= _LONGEST or is_vouched_for(name):
        return None
    found = [*_by_slip(name), *_by_affix(name)]
    return min(found, key=lambda near: (not near.slip.is_mechanical, near.rank), default=None)


def _by_slip(name: str) -> Iterator[Near]:
    letters = _letters(name)
    for length in range(len(name) - _FURTHEST, len(name) + _FURTHEST + 1):
        for rank, popular, others in _by_length().get(length, ()):
            if (letters ^ others).bit_count() <= 2 * _FURTHEST:
                slip = slip_between(name, popular)
                if slip is not None and (slip.is_mechanical or _is_telling(slip, popular, rank)):
                    yield Near(popular=popular, rank=rank, slip=slip)


def _is_telling(slip: Slip, popular: str, rank: int) -> bool:
    least = _SHORTEST_DISTANT if slip is Slip.DISTANT else _SHORTEST_WEAK
    return rank <= _WEAK_RANK and len(popular) >= least


def _widest_rank(length: int) -> int:
    return next((rank for letters, rank in reversed(_WIDEST_RANKS) if length >= letters), 0)


def _by_affix(name: str) -> Iterator[Near]:
    for affix in AFFIXES:
        rests = set()
        if not affix.startswith("-"):
            rests.add(name.removeprefix(affix))
        if not affix.endswith("-"):
            rests.add(name.removesuffix(affix))
        for rest in rests - {name}:
            rank = ranks().get(rest)
            if rank is not None and rank <= _WEAK_RANK and len(rest) >= _SHORTEST:
                yield Near(popular=rest, rank=rank, slip=Slip.AFFIX)


@cache
def _by_length() -> Mapping[int, tuple[tuple[int, str, int], ...]]:
    """Length to rank, name and letters of the popular names that slips are looked for in."""
    found: dict[int, list[tuple[int, str, int]]] = {}
    for rank, popular in enumerate(popular_names(), 1):
        if rank <= _widest_rank(len(popular)):
            found.setdefault(len(popular), []).append((rank, popular, _letters(popular)))
    return {length: tuple(names) for length, names in found.items()}


def _letters(name: str) -> int:
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) & 63)
    return bits
