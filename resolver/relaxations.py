"""The smallest changes of the user's own requirements that make them solvable, and what each would cost.

The bounds that a proof rests on are lifted one at a time; where that is refuted as well, the bounds of the
new proof are lifted besides, so that the smallest sets that help are met first. What was learned without a
bound stays. The stack that is found says how far a bound has to move. Source: the hitting-set tree of Reiter
(1987).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import msgspec
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from resolver.budget import SearchStoppedError
from resolver.context import DirectRequirement
from resolver.incompatibilities import Incompatibility
from resolver.propagation import UnsatisfiableError
from resolver.score import Scorer
from resolver.stack import Stack
from resolver.universe import RequiredBound, Universe

MOST_TRIED = 12
MOST_CHANGES = 3


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement to be written otherwise.

    Attributes:
        requirement: as written.
        where: the file and line, or ``command line``.
        by: what to write instead.
    """

    requirement: str
    where: str
    by: str


class Relaxation(msgspec.Struct, frozen=True, kw_only=True):
    """Changes that make the requirements solvable; a stack that meets them was found.

    Attributes:
        pins: versions of the projects that are asked for directly, by name.
        score: of that stack, in millionths.
    """

    changes: tuple[Change, ...]
    pins: dict[str, str]
    score: int


def relaxations(
    proof: Incompatibility,
    requirements: tuple[DirectRequirement, ...],
    universe: Universe,
    scorer: Scorer,
    search: Callable[[], Stack],
) -> list[Relaxation]:
    """What would make a refuted run solvable: fewest changes first, then the best score.

    Args:
        proof: why there is no solution.
        requirements: the user's, as numbered in the assumptions.
        universe: what the proof is about; it is left as it was.
        scorer: tells what each relaxation costs.
        search: finds a stack in the universe as it is.
    """
    made = universe.assumptions
    found: list[Relaxation] = []
    queue = deque(_beyond(frozenset(), proof, universe))
    seen = set(queue)
    for _ in range(MOST_TRIED):
        if not queue or (found and len(queue[0]) > len(found[0].changes)):
            break
        lifted = queue.popleft()
        bits = sum(made.bit(bound) for bound in lifted)
        universe.suspend(bits)
        try:
            stack = search()
        except SearchStoppedError:
            continue
        except UnsatisfiableError as error:
            further = [one for one in _beyond(lifted, error.proof, universe) if one not in seen]
            seen.update(further)
            queue.extend(further)
        else:
            asked = [requirements[bound.number] for bound in sorted(lifted)]
            found.append(_relaxation(asked, requirements, stack, scorer))
        finally:
            universe.restore(bits)
    return sorted(found, key=lambda one: (len(one.changes), -one.score, one.changes[0].requirement))


def _beyond(
    lifted: frozenset[RequiredBound], proof: Incompatibility, universe: Universe
) -> list[frozenset[RequiredBound]]:
    """The sets that lift one bound more of those that a proof rests on."""
    if len(lifted) == MOST_CHANGES:
        return []
    keys = universe.assumptions.keys(proof.assumptions)
    return [lifted | {key} for key in keys if isinstance(key, RequiredBound) and key not in lifted]


def _relaxation(
    lifted: list[DirectRequirement],
    requirements: tuple[DirectRequirement, ...],
    stack: Stack,
    scorer: Scorer,
) -> Relaxation:
    direct = {requirement.dependency.project for requirement in requirements}
    return Relaxation(
        changes=tuple(
            Change(requirement=one.text, where=one.where, by=_rewritten(one, stack)) for one in lifted
        ),
        pins={name: member.version for name, member in stack.members.items() if name in direct},
        score=scorer.stack_score(stack),
    )


def _rewritten(requirement: DirectRequirement, stack: Stack) -> str:
    """The requirement with just those clauses moved that keep the stack's release out."""
    dependency = requirement.dependency
    version = Version(stack.members[dependency.project].version)
    clauses = sorted({text for s in SpecifierSet(dependency.specifiers) for text in _moved(s, version)})
    extras = f"[{','.join(dependency.extras)}]" if dependency.extras else ""
    name, _, marker = requirement.text.partition(";")
    shown = name.strip()[: len(dependency.project)] or dependency.project
    return f"{shown}{extras}{','.join(clauses)}" + (f";{marker}" if marker else "")


def _moved(specifier: Specifier, version: Version) -> Iterator[str]:
    if specifier.contains(version, prereleases=True):
        yield str(specifier)
        return
    match specifier.operator:
        case "<" | "<=":
            yield f"<={version.public}"
        case ">" | ">=":
            yield f">={version.public}"
        case "~=":
            yield f"~={version.public}" if len(version.release) > 1 else f"=={version.public}"
        case "==" | "===":
            yield f"=={version}"
