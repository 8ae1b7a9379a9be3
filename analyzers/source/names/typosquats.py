"""Names that look like a well-known project's and are not it.

A name is compared with those one slip away: a letter left out, added, doubled, swapped or replaced by its
neighbour on the keyboard or by one that looks alike; words in another order; a Python prefix added. A name
that is itself well known is never suspected.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from functools import cache

import msgspec

from analyzers.source.names.mistaken_letters import neighbours, shape
from analyzers.source.names.popular_projects import popular_projects
from analyzers.source.names.standard_library import is_standard

_SHORTEST = 5
"""Shorter names are too close to one another for a slip of one letter to tell anything."""
_LONGEST = 80
_SHORTEST_REPLACED = 8
_SHORTEST_LOOKALIKE = 4
_LOOKALIKES = (("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("rn", "m"), ("vv", "w"), ("cl", "d"))
_PREFIXES = ("python-", "python3-", "py-", "py3-")


class Lookalike(msgspec.Struct, frozen=True, kw_only=True):
    """A well-known project that a name is close to, and by which slip."""

    project: str
    slip: str


def lookalike(name: str, popular: Collection[str] | None = None) -> Lookalike | None:
    """The well-known project that a normalised name may be a misspelling of; None where there is none.

    Args:
        name: as declared, normalised.
        popular: the well-known names; those of `popular_projects` by default.
    """
    known = _popular() if popular is None else frozenset(popular)
    if len(name) > _LONGEST or name in known or is_standard(name.replace("-", "_")):
        return None
    return next(_candidates(name, known, _index(known)), None)


def swapped(name: str) -> str | None:
    """The well-known project, of a shorter name than `lookalike` compares, of which two letters are swapped.

    For names that nothing vouches for: of those that are declared, too many are as near to another.
    """
    if not _SHORTEST_LOOKALIKE <= len(name) < _SHORTEST or name in _popular():
        return None
    for at in range(len(name) - 1):
        other = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        if other != name and other in _popular():
            return other
    return None


class _Index(msgspec.Struct, frozen=True):
    """Popular names by what a slip leaves of them."""

    deletions: dict[str, list[str]]
    shapes: dict[str, list[str]]
    words: dict[tuple[str, ...], list[str]]
    plain: dict[str, list[str]]


@cache
def _popular() -> frozenset[str]:
    return frozenset(popular_projects())  # one object, since a set tells its hash anew each time it is made


@cache
def _index(known: frozenset[str]) -> _Index:
    index = _Index({}, {}, {}, {})
    for name in sorted(known):
        for shorter in {name, *_deletions(name)} if len(name) >= _SHORTEST else ():
            index.deletions.setdefault(shorter, []).append(name)
        index.shapes.setdefault(shape(name, _LOOKALIKES), []).append(name)
        index.words.setdefault(tuple(sorted(name.split("-"))), []).append(name)
        index.plain.setdefault(name.replace("-", ""), []).append(name)
    return index


def _candidates(name: str, known: frozenset[str], index: _Index) -> Iterator[Lookalike]:
    if len(name) >= _SHORTEST_LOOKALIKE:
        for project in index.shapes.get(shape(name, _LOOKALIKES), ()):
            yield Lookalike(project=project, slip="letters that look alike")
    for project in index.words.get(tuple(sorted(name.split("-"))), ()):
        yield Lookalike(project=project, slip="its words in another order")
    if len(name) >= _SHORTEST:
        for project in index.plain.get(name.replace("-", ""), ()):
            yield Lookalike(project=project, slip="hyphens in other places")
        near = (index.deletions.get(shorter, ()) for shorter in (name, *sorted(_deletions(name))))
        for project in dict.fromkeys(itertools.chain.from_iterable(near)):
            if slip := _slip(name, project):
                yield Lookalike(project=project, slip=slip)
    for prefix in _PREFIXES:
        rest = name.removeprefix(prefix)
        # `python-foo` is how many bindings are named; only those that have no need of it are telling.
        if prefix != "python-" and rest != name and (rest in known or f"python-{rest}" in known):
            project = rest if rest in known else f"python-{rest}"
            yield Lookalike(project=project, slip=f"the prefix {prefix!r}")


def _deletions(name: str) -> set[str]:
    return {name[:index] + name[index + 1 :] for index in range(len(name))}


def _slip(name: str, project: str) -> str | None:
    """What turns one into the other by a single slip; None where more is needed."""
    if len(name) == len(project):
        differing = [index for index in range(len(name)) if name[index] != project[index]]
        if len(differing) == 1:
            here, there = name[differing[0]], project[differing[0]]
            if here.isdigit() and there.isdigit():
                return None  # another number is another release line, as `boto3` and `boto2`
            if there in neighbours().get(here, ""):
                return "a neighbouring key"
            return "another letter" if len(name) >= _SHORTEST_REPLACED else None
        if len(differing) == 2 and differing[1] == differing[0] + 1:
            first, second = differing
            if name[first] == project[second] and name[second] == project[first]:
                return "two letters swapped"
        return None
    longer, shorter = (name, project) if len(name) > len(project) else (project, name)
    if len(longer) != len(shorter) + 1 or shorter not in _deletions(longer):
        return None
    if longer[:-1] == shorter and longer[-1].isdigit() and longer is name:
        return None  # a successor numbers itself, as `nose2` does
    return "a letter too many" if longer is name else "a letter too few"
