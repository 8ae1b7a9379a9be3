"""The smallest changes of the user's own requirements that make them solvable, and what each would cost.

So it is with refusals that an option lifts. What a proof rests on of both is lifted one at a time; where
that is refuted as well, what the new proof rests on is lifted besides, so that the smallest sets that help
are met first. What was learned without a bound stays. The stack that is found says how far a bound has to
move. Source: the hitting-set tree of Reiter (1987).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import msgspec
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from resolver.context import DirectRequirement
from resolver.score import Scorer
from resolver.search.budget import SearchStoppedError
from resolver.states.assumed import RequiredBound
from resolver.states.incompatibilities import Incompatibility
from resolver.states.propagation import UnsatisfiableError
from resolver.states.stack import Stack
from resolver.states.universe import Universe
from resolver.units.verdicts import Liftable

MOST_TRIED = 12
MOST_CHANGES = 3


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement to be written otherwise, or something else to be given up.

    Attributes:
        requirement: as written; or what is given up.
        where: the file and line, or ``command line``; or where else it stands.
        by: what to write instead; or what comes in its place, with the option that admits it.
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
            found.append(_relaxation(lifted, requirements, stack, scorer))
        finally:
            universe.restore(bits)
    return sorted(found, key=lambda one: (len(one.changes), -one.score, one.changes[0].requirement))


_Lifted = RequiredBound | Liftable


def _beyond(
    lifted: frozenset[_Lifted], proof: Incompatibility, universe: Universe
) -> list[frozenset[_Lifted]]:
    """The sets that lift one bound more of those that a proof rests on."""
    if len(lifted) == MOST_CHANGES:
        return []
    keys = universe.assumptions.keys(proof.assumptions)
    return [lifted | {key} for key in keys if isinstance(key, RequiredBound | Liftable) and key not in lifted]


def _relaxation(
    lifted: frozenset[_Lifted],
    requirements: tuple[DirectRequirement, ...],
    stack: Stack,
    scorer: Scorer,
) -> Relaxation:
    bounds = sorted(key for key in lifted if isinstance(key, RequiredBound))
    refusals = sorted(key for key in lifted if isinstance(key, Liftable))
    direct = {requirement.dependency.project for requirement in requirements}
    asked = (requirements[bound.number] for bound in bounds)
    return Relaxation(
        changes=(
            *(Change(requirement=one.text, where=one.where, by=_rewritten(one, stack)) for one in asked),
            *(_given_up(refusal, stack) for refusal in refusals),
        ),
        pins={name: member.version for name, member in stack.members.items() if name in direct},
        score=scorer.stack_score(stack),
    )


def _given_up(refusal: Liftable, stack: Stack) -> Change:
    member = stack.members.get(refusal.project)
    instead = f"no {refusal.project}" if member is None else f"{refusal.project} {member.version}"
    return Change(requirement=refusal.what, where=refusal.where, by=f"{instead} ({refusal.option})")


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
