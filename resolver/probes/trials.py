"""Has the stacks of a search tried, and says what the search must avoid from then on.

A failure that was traced to releases refutes these; what is passed over beside them is a conjecture (see
`resolver.probes.sides`). One that was traced to nothing refutes its stack alone, as a conjecture as well; the
pair that is likeliest to be why is then held to be, until a stack without it fails in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.observations.record import Failure
from knowledge.probing.records import ProbeResult, Verdict
from knowledge.probing.stack_probes import StackProbe
from resolver.context import Context
from resolver.probes.checks import INSTRUMENT, checked
from resolver.probes.failing import FailingTogether, blocked, refutation
from resolver.probes.records import CheckedVerdict, ProbeOutcome, Probes, ToldProbe
from resolver.score import Scorer
from resolver.search.refuted import RefutedStacks
from resolver.source import StackProber
from resolver.states.assumed import Conjecture
from resolver.states.propagation import UnsatisfiableError
from resolver.states.stack import Stack
from resolver.states.universe import Universe
from resolver.units.strides.imports import asked_directly, pinned

MOST_UNTRACED = 4
"""After so many failures that were traced to nothing, what must run is likelier to be at fault."""
MOST_CHECKED = 1
"""So many stacks that static evidence refuted are tried in a run."""


class Trials:
    """The probes of one search.

    Args:
        universe: of the search, which stands without decisions whenever this changes it.
        refuted: what strides refuted; learns what probes refute.
        scorer: of the search.
        prober: tries stacks.
    """

    def __init__(
        self, universe: Universe, refuted: RefutedStacks, scorer: Scorer, prober: StackProber
    ) -> None:
        self._universe, self._refuted, self._scorer, self._prober = universe, refuted, scorer, prober
        self._context: Context = universe.context
        self._series: dict[tuple[str, ...], FailingTogether] = {}
        self._suspected: FailingTogether | None = None
        self._suspects: set[tuple[str, str]] = set()
        self._untraced = 0
        self._checks = 0
        self._probes: list[ToldProbe] = []
        self._results: list[ProbeResult] = []
        self._checked: dict[CheckedVerdict, None] = {}
        self._reason: str | None = None
        self._passed: list[Stack] = []
        self.failed: list[Stack] = []

    def told(self, outcome: ProbeOutcome) -> Probes:
        """The probes so far.

        Args:
            outcome: what they say of the stack that is advised.
        """
        if not self._probes and outcome is ProbeOutcome.FAILED:
            outcome = ProbeOutcome.NOT_PROBED
            self._reason = self._reason or "there is no stack to try"
        return Probes(
            outcome=outcome,
            probes=tuple(self._probes),
            checked=tuple(self._checked),
            python=next((result.python for result in self._results if result.python), ""),
            refused=tuple(sorted({each for result in self._results for each in result.confinement.refused})),
            reason=None if outcome is ProbeOutcome.PASSED else self._reason,
        )

    def examine(self, stack: Stack) -> ProbeOutcome:
        """Have a stack tried, and learn from it.

        Returns:
            FAILED where the search has to find another one.
        """
        probe = self._probe(stack)
        if probe is None:
            self._reason = self._prober.reason
            return ProbeOutcome.NOT_PROBED
        result = probe.result
        match result.verdict:
            case Verdict.PASSED:
                return ProbeOutcome.PASSED
            case Verdict.NOT_KNOWN:
                self._reason = _why(result)
                return ProbeOutcome.NOT_KNOWN
            case Verdict.FAILED if _wants_what_is_no_release(result):
                self._reason = f"{_why(result)}, which no release of the stack has"
                return ProbeOutcome.NOT_KNOWN
            case Verdict.FAILED:
                self._learn(stack, result)
                return ProbeOutcome.FAILED

    def stop(self, reason: str) -> None:
        """Say why no further stack is tried."""
        self._reason = reason

    def recall(self, stack: Stack) -> None:
        """Pass over what lies behind failures that were seen before, as if the stack had been tried now."""
        observed = self._context.observed
        if observed is None:
            return
        for sighting in observed.within(stack.members):
            if sighting.is_certain:
                names = tuple(release.project for release in sighting.releases)
                moving, others = sighting.releases[-1], frozenset(sighting.releases[:-1])
                alike = observed.certain(stack.members[moving.project].project).get(others, 0)
                self._fail(names, sighting.failure, stack, alike)

    def is_given_up(self) -> bool:
        """Whether failures were traced to nothing so often that no further stack is worth a probe."""
        if self._untraced < MOST_UNTRACED:
            return False
        self._reason = f"{self._untraced} stacks failed for reasons that were traced to no release"
        return True

    def narrow(self, stack: Stack) -> bool:
        """Let releases be looked at again that were passed over and may be better than what passed."""
        self._passed.append(stack)
        changed = [each.succeed(stack) for each in self._failing()]
        return any(changed)

    def relieve(self, error: UnsatisfiableError) -> bool:
        """Whether a proof rested on conjectures that can lapse; they have lapsed then."""
        lapsed = [key for key in self._conjectures(error) if key.can_lapse]
        if not lapsed:
            return False
        for each in self._failing():
            if each.conjecture in lapsed:
                each.give_up()
        return True

    def is_conjectured(self, error: UnsatisfiableError) -> bool:
        """Whether a proof rests on stacks that failed for reasons nobody knows."""
        return bool(self._conjectures(error))

    def check(self) -> bool:
        """Have a stack tried that static evidence refutes; true where it passes, and is admitted now.

        Not where everything is known from before: a run that is repeated shall have nothing to do.
        """
        if self._checks >= MOST_CHECKED or all(probe.is_stored for probe in self._probes):
            return False
        self._checks += 1
        refuted = self._refuted.best_refuted(INSTRUMENT, self._scorer.stack_score)
        if refuted is None:
            return False
        probe = self._probe(refuted, is_check=True)
        if probe is None or probe.result.verdict is not Verdict.PASSED:
            return False
        self._refuted.contradict(refuted)
        return True

    def _probe(self, stack: Stack, *, is_check: bool = False) -> StackProbe | None:
        pins = pinned(stack, self._context)
        roots = asked_directly(stack, pins)
        probe = self._prober.probe(pins, roots)
        if probe is None:
            return None
        result = probe.result
        self._results.append(result)
        versions = {name: member.version for name, member in stack.members.items()}
        self._probes.append(
            ToldProbe(
                pins=versions,
                verdict=result.verdict,
                failure=result.failure,
                blame=result.blame,
                trace=result.trace,
                build_s=round(result.build_s, 3),
                run_s=round(result.run_s, 3),
                is_stored=probe.is_stored,
                is_check=is_check,
            )
        )
        imports = self._context.imports
        examined = imports.examined(pins, roots) if imports is not None else None
        if examined is not None and not probe.is_stored:
            self._checked |= dict.fromkeys(checked(examined, versions, result))
        return probe

    def _learn(self, stack: Stack, result: ProbeResult) -> None:
        failure = result.failure or Failure(step="probe", error="failed")
        self.failed.append(stack)
        names = tuple(release.project for release in result.blame)
        if names and all(
            name in stack.members and stack.members[name].version == release.version
            for name, release in zip(names, result.blame, strict=True)
        ):
            self._refute(names, failure, stack)
        else:
            self._universe.conjecture(blocked(failure, stack), can_lapse=False)
            suspected = self._suspected
            if suspected and suspected.is_confirmed and _alike(suspected.failure, failure):
                suspected.fail(stack)
            else:
                self._untraced += 1
                self._suspect(failure, stack)

    def _refute(self, names: tuple[str, ...], failure: Failure, stack: Stack) -> None:
        found = refutation(names, failure, stack)
        self._universe.refute(found)
        self._refuted.remember(stack, [found])
        self._fail(names, failure, stack)

    def _fail(self, names: tuple[str, ...], failure: Failure, stack: Stack, alike: int = 0) -> None:
        """Pass over what lies behind releases that failed.

        Args:
            names: of the projects.
            failure: of the stack.
            stack: that failed.
            alike: mask of other releases of the last project that were seen to fail beside the others.
        """
        key = (*names, failure.error, failure.where.partition(":")[0])
        if key not in self._series:
            self._series[key] = FailingTogether(names, failure, self._universe)
        self._series[key].fail(stack, alike)
        for passed in self._passed:
            self._series[key].succeed(passed)
        for other, series in self._series.items():
            if other != key and series.names == names:  # it did not fail in that way
                series.succeed(stack)

    def _suspect(self, failure: Failure, stack: Stack) -> None:
        """Hold the next likely pair to be why a stack failed; what was held to be is not where it goes on."""
        if self._suspected is not None:
            if _alike(self._suspected.failure, failure):
                self._suspected.give_up()
            else:
                self._series[self._suspected.names] = self._suspected
            self._suspected = None
        for pair in self._likely(stack):
            if pair not in self._suspects:
                self._suspects.add(pair)
                self._suspected = FailingTogether(pair, failure, self._universe, is_suspected=True)
                self._suspected.fail(stack)
                return

    def _likely(self, stack: Stack) -> Iterator[tuple[str, str]]:
        """Pairs that may be why a stack failed, the likeliest first: those in doubt, then by their score."""
        pins = pinned(stack, self._context)
        imports = self._context.imports
        examined = imports.examined(pins, asked_directly(stack, pins)) if imports is not None else None
        if examined is not None:
            failed = ProbeResult(verdict=Verdict.PASSED)
            versions = {name: member.version for name, member in stack.members.items()}
            for each in checked(examined, versions, failed):
                if each.dependent != each.dependency:
                    yield each.dependent.project, each.dependency.project
        charged = [
            (factor.score or 0, name, other)
            for name, member in stack.members.items()
            for other, factor in self._scorer.pair_factors(member, stack)
            if factor.score
        ]
        yield from ((name, other) for _, name, other in sorted(charged))

    def _failing(self) -> list[FailingTogether]:
        return [*self._series.values(), *([self._suspected] if self._suspected else [])]

    def _conjectures(self, error: UnsatisfiableError) -> list[Conjecture]:
        made = self._universe.assumptions
        return [key for key in made.keys(error.proof.assumptions) if isinstance(key, Conjecture)]


def _alike(one: Failure, other: Failure) -> bool:
    return (one.step, one.error, one.message, one.where) == (
        *(other.step, other.error),
        *(other.message, other.where),
    )


def _wants_what_is_no_release(result: ProbeResult) -> bool:
    """Whether the script itself imports what nothing in the stack has: no other release of it is a remedy."""
    failure = result.failure
    return (
        failure is not None
        and not result.blame
        and (failure.step, failure.error, failure.where) == ("script", "missing-module", "")
    )


def _why(result: ProbeResult) -> str:
    if result.failure is None:
        return "the probe came to no result"
    failure = result.failure
    return f"{failure.step}: {failure.message or failure.error}"
