"""From what came of all stacks to what is to blame: the word of each probe, held against the other stacks.

What a probe blames counts unless a stack with just this passed, and unless the failure was raised in the
release that the other needs: who imports something that fails need not be a part of it. All else is explained
by suspects (see `resolver.monkey.suspects`), kind of failure by kind (see `resolver.monkey.kinds`).

How sure: *certain* where a release that a probe blames was replaced in a failing stack, all else staying, and
that passed, and where without the word of a probe each suspect was; *likely* where a probe says so and no
stack speaks against it, or where just one explanation of several failures is left; else *possible*, and the
other suspects are told.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence

import msgspec

from knowledge.observations.record import Failure, ReleaseIdentity
from resolver.monkey.kinds import Outcome, Releases, failure_of, kind_of, kinds
from resolver.monkey.suspects import Suspect, explanation, suspects

MOST_EXAMPLES = 3
MOST_OTHERS = 5
_WORDS = re.compile(r"\W+")


class Basis(enum.StrEnum):
    """Where a blame comes from."""

    PROBE = "probe"
    SAMPLES = "samples"


class Sureness(enum.StrEnum):
    """How sure it is; see the module."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Culprit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stacks failed of.

    Attributes:
        releases: one or two; of two the one that needs something of the other first, where that is known.
        failure: of the first such stack.
        count: how many stacks failed of it.
        stacks: ids of them.
        isolated: those of `releases` that were replaced alone, whereupon the stack passed.
        others: what would explain it as well.
    """

    releases: tuple[ReleaseIdentity, ...]
    basis: Basis
    sureness: Sureness
    failure: Failure
    count: int
    stacks: tuple[str, ...]
    isolated: tuple[ReleaseIdentity, ...] = ()
    others: tuple[tuple[ReleaseIdentity, ...], ...] = ()


class Blame(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is to blame.

    Attributes:
        culprits: those of most failures first.
        unexplained: ids of failing stacks that nothing of one or two releases explains.
        exonerated: what a probe blamed that a passing stack has.
    """

    culprits: tuple[Culprit, ...]
    unexplained: tuple[str, ...]
    exonerated: tuple[tuple[ReleaseIdentity, ...], ...]

    def of(self, stack: str, failure: Failure | None) -> tuple[ReleaseIdentity, ...]:
        """The releases that a failure of one stack is put down to, if that is likely at least."""
        kind = kind_of(failure)
        for culprit in self.culprits:
            is_meant = stack in culprit.stacks and kind_of(culprit.failure) == kind
            if is_meant and culprit.sureness is not Sureness.POSSIBLE:
                return culprit.releases
        return ()


def blamed(outcomes: Sequence[Outcome], asks: Iterable[tuple[str, str]] = ()) -> Blame:
    """What the failing stacks of a run are to be put down to.

    Args:
        asks: pairs of projects of which the first asks for the second: where several pairs would explain
            something, those of them are likelier.
    """
    related = {frozenset(pair) for pair in asks}
    culprits: list[Culprit] = []
    unexplained: dict[str, None] = {}
    exonerated: dict[Suspect, None] = {}
    for name, kind in kinds(outcomes).items():
        stated: dict[Suspect, list[Outcome]] = {}
        left: list[Outcome] = []
        for one in kind.failing:
            named = one.result.blame if kind_of(one.result.failure) == name else ()
            if named and any(passed.issuperset(named) for passed in kind.passing):
                exonerated.setdefault(named)
                named = ()
            if not _is_direct(one):
                named = ()
            (stated.setdefault(named, []) if named else left).append(one)
        for one in list(left):  # of those that fail of something else first no probe says more
            known = next((named for named in stated if one.releases.issuperset(named)), None)
            if known is not None:
                stated[known].append(one)
                left.remove(one)
        culprits += [_stated(name, named, failed, kind.passing) for named, failed in stated.items()]
        found, missing = _explained(name, left, kind.passing, related)
        culprits += found
        unexplained.update(dict.fromkeys(missing))
    culprits.sort(key=lambda one: (-one.count, one.releases))
    return Blame(culprits=tuple(culprits), unexplained=tuple(unexplained), exonerated=tuple(exonerated))


def _is_direct(outcome: Outcome) -> bool:
    """Whether a failure was raised elsewhere than in the release that the other one of a pair needs."""
    failure, named = outcome.result.failure, outcome.result.blame
    if failure is None or len(named) < 2:
        return True
    top = failure.where.partition(":")[0].partition("/")[0].removesuffix(".py")
    raised_in = {module.project for module in outcome.result.modules if module.module.split(".")[0] == top}
    return named[1].project not in raised_in


def _stated(name: str, named: Suspect, failed: Sequence[Outcome], passing: Sequence[Releases]) -> Culprit:
    isolated = _isolated(named, failed, passing)
    sureness = Sureness.CERTAIN if isolated else Sureness.LIKELY
    return _culprit(name, named, Basis.PROBE, sureness, failed, isolated)


def _explained(
    name: str, failed: Sequence[Outcome], passing: Sequence[Releases], related: set[frozenset[str]]
) -> tuple[list[Culprit], list[str]]:
    """Culprits of failures of one kind, and the ids of those that have none."""
    found = suspects((one.releases for one in failed), passing)
    by_suspect = {
        suspect: [failed[number] for number in sorted(numbers)] for suspect, numbers in found.items()
    }
    isolated = {one: _isolated(one, failures, passing) for one, failures in by_suspect.items()}
    worth = {one: _worth(one, by_suspect[one], isolated[one], related) for one in found}
    chosen, _ = explanation(found, len(failed), worth)
    culprits, told = [], set[int]()
    for suspect in chosen:
        numbers = found[suspect] - told
        told |= numbers
        alike = [one for one in found if one != suspect and found[one] >= numbers]
        alike.sort(key=lambda one: (-worth[one], one))
        if len(isolated[suspect]) == len(suspect):
            sureness, alike = Sureness.CERTAIN, []
        elif len(numbers) > 1 and not alike:
            sureness = Sureness.LIKELY
        else:
            sureness = Sureness.POSSIBLE
        explains = [failed[number] for number in sorted(numbers)]
        culprits.append(
            _culprit(name, suspect, Basis.SAMPLES, sureness, explains, isolated[suspect], alike[:MOST_OTHERS])
        )
    missing = [one.id for number, one in enumerate(failed) if number not in told]
    return culprits, missing


def _culprit(
    name: str,
    releases: Suspect,
    basis: Basis,
    sureness: Sureness,
    failed: Sequence[Outcome],
    isolated: Iterable[ReleaseIdentity],
    others: Iterable[Suspect] = (),
) -> Culprit:
    failure = failure_of(failed, name)
    return Culprit(
        releases=releases,
        basis=basis,
        sureness=sureness,
        failure=failure or Failure(step="probe", error="unknown"),
        count=len(failed),
        stacks=tuple(one.id for one in failed),
        isolated=tuple(isolated),
        others=tuple(others),
    )


def _isolated(
    suspect: Suspect, failed: Sequence[Outcome], passing: Sequence[Releases]
) -> tuple[ReleaseIdentity, ...]:
    """Those of a suspect that were replaced alone in a stack that failed, whereupon it passed."""
    found: dict[ReleaseIdentity, None] = {}
    for one in failed:
        for passed in passing:
            projects = {release.project for release in one.releases ^ passed}
            for release in suspect:
                if projects == {release.project} and release in one.releases:
                    found.setdefault(release)
    return tuple(release for release in suspect if release in found)


def _worth(
    suspect: Suspect,
    failed: Sequence[Outcome],
    isolated: Sequence[ReleaseIdentity],
    related: set[frozenset[str]],
) -> float:
    """How likely a suspect is beside others: isolated, named by messages or probes, asking for each other."""
    told = " ".join(_told(one.result.failure) for one in failed[:MOST_EXAMPLES]).lower()
    words = set(_WORDS.split(told))
    named = sum(release.project.replace("-", "_") in words for release in suspect)
    asks = frozenset(release.project for release in suspect) in related
    said = any(set(suspect) == set(one.result.blame) for one in failed)
    return 4.0 * len(isolated) + 2.0 * named / len(suspect) + asks + said + 0.5 * (len(suspect) == 1)


def _told(failure: Failure | None) -> str:
    return "" if failure is None else f"{failure.step} {failure.message} {failure.where}"
