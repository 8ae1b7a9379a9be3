"""The most that any stack of a landscape can score: proven, known at every moment, exact where work suffices.

Every stack loses something: cores (`resolver.landscapes.cores`) say which projects cannot all have their best
releases, nor which losses beside others all be avoided; what each costs at least is taken off
(`resolver.landscapes.residuals`), and what is left is asked for again, until a stack is found that loses nothing
more. It is then a best one, and the bound its score. High costs come first, so that the bound rises early.
Integers and counts only: the same work gives the same bound.

Source: core-guided search (Fu and Malik, 2006), stratified (Ansotegui, Bonet and Levy, 2013), with counts
added once no core is left without them (Berg and Jaervisalo, "Weight-aware core extraction", 2017).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping

from resolver.landscapes.cores import assume, complete, minimised
from resolver.landscapes.encoding import Asked, Encoding
from resolver.landscapes.landscape import Landscape
from resolver.landscapes.proposal import Proposal, proposal
from resolver.landscapes.residuals import Residuals
from resolver.states.incompatibilities import Incompatibility, Missing
from resolver.states.propagation import UnsatisfiableError
from resolver.states.versions import ABSENT, bit, newest

_PROVEN = Missing("")


class Bound:
    """The bound on one landscape.

    Args:
        asked: what releases are known to ask for; must never read. What is not known asks for nothing.

    Attributes:
        sum_of_bests: what the best releases of all projects that every stack holds score together.
        optimum: the positions of a best stack by project, once one is found that scores the bound.
        best: likewise of the best stack met so far; None before the first.
        reached: its score.
        is_unsatisfiable: whether no stack is valid; the bound means nothing then.
        unread: projects and positions of which more must be known before anything better can be proven.
    """

    def __init__(self, landscape: Landscape, asked: Asked) -> None:
        self.optimum: dict[int, int] | None = None
        self.best: dict[int, int] | None = None
        self.reached: int | None = None
        self.is_unsatisfiable = False
        self.unread: tuple[tuple[int, int], ...] = ()
        self._landscape = landscape
        self._asked = asked
        self._refutations: list[Mapping[int, int]] = []
        self._floor = 0
        self._is_done = False
        self._work: Iterator[None] = iter(())
        self._begin()
        self.sum_of_bests = self.value

    @property
    def value(self) -> int:
        """At least the score of every stack, in millionths; never rises."""
        return -max(self._residuals.lost, self._floor)

    def tighten(self, steps: int) -> bool:
        """Work on for a number of steps, each about one propagation; false when nothing is left to do."""
        try:
            for _ in range(steps):
                if self._is_done:
                    break
                next(self._work, None)
        except UnsatisfiableError:
            self.is_unsatisfiable = self._is_done = True
        return not self._is_done

    def learn(self, refutations: Iterable[Mapping[int, int]]) -> None:
        """Take in what was refuted since, where it is new; everything proven stays."""
        new = [dict(one) for one in refutations if not self._encoding.has_learned(one)]
        if not new:
            return
        self._refutations += new
        if self.best is not None and any(_holds(masks, self.best) for masks in new):
            self.refresh()  # what was left out as worse than that stack is needed again
            return
        self._propagation.backjump(0)
        self._encoding.learn(new)
        if self.optimum is None:
            self._resume()

    def refresh(self) -> None:
        """Take in whatever the landscape knows by now: it may only have lost stacks, or they score."""
        self._floor = -self.value
        self.optimum = self.best = self.reached = None
        self.unread = ()
        self._begin()

    def _begin(self) -> None:
        self._encoding = Encoding(self._landscape, self._asked)
        self._propagation = self._encoding.propagation
        self._residuals = Residuals(self._propagation)
        self._entered: set[int] = set()
        self._phase: dict[int, int] = {}
        try:
            self._encoding.learn(self._refutations)
            self._settle()
        except UnsatisfiableError:
            self.is_unsatisfiable = True
        self._resume()

    def _resume(self) -> None:
        self._is_done = self.is_unsatisfiable
        self._work = self._run()

    def _settle(self) -> None:
        """Take in what holds without a decision."""
        propagation, residuals = self._propagation, self._residuals
        propagation.backjump(0)
        for variable, costs in self._encoding.costs.items():
            if variable not in self._entered:
                self._entered.add(variable)
                residuals.enter(variable, costs)
        propagation.propagate()
        residuals.settle()
        if self.reached is not None:
            spare = -self.reached - residuals.lost
            for variable in residuals.costs:
                # Only stacks that score less than one that was found have these.
                out = propagation.domains[variable] & ~residuals.allowed(variable, spare + 1)
                if out:
                    propagation.add(Incompatibility({variable: out}, _PROVEN))
            propagation.propagate()

    def _run(self) -> Generator[None, None, None]:
        residuals, propagation = self._residuals, self._propagation
        limit = residuals.most() // 2 + 1
        while True:
            yield
            self._settle()
            domains = propagation.domains
            assumed = [(v, residuals.allowed(v, limit)) for v in residuals.costs]
            terms = [(v, mask) for v, mask in assumed if domains[v] & ~mask]
            cores = yield from assume(propagation, terms)
            for core in cores:
                yield from self._take(core)
            if cores:
                continue
            if (yield from complete(propagation, self._choice)):
                found = self._found()
                propagation.backjump(0)
                if self.optimum is not None:
                    break
                if self._more(found):
                    continue
                if limit > 1:
                    limit = max(1, min(limit // 2, residuals.most_below(limit)))
                elif residuals.is_waiting:
                    residuals.count()
                    limit = residuals.most() // 2 + 1
                else:
                    self.unread = tuple((project, found.positions[project]) for project in found.unread)
                    break
        self._is_done = True

    def _take(self, core: Incompatibility) -> Generator[None, None, None]:
        """Count what a core loses, once it is as small as it gets; nothing, where another took it before."""
        propagation, residuals = self._propagation, self._residuals

        def weight(variable: int, mask: int) -> int:
            return residuals.least(variable, propagation.domain_at(variable, 0) & ~mask)

        core = yield from minimised(propagation, core, weight)
        parts = [(v, out) for v, mask in core.masks.items() if (out := propagation.domains[v] & ~mask)]
        propagation.add(core)
        if parts:
            residuals.take(parts)

    def _choice(self) -> tuple[int, int] | None:
        """The next decision towards a stack; None when all else can be left out."""
        domains = self._propagation.domains
        for project, variable in self._encoding.variables.items():
            domain = domains[variable]
            if not domain & ABSENT and domain & (domain - 1):
                kept = self._phase.get(project, 0)
                return variable, kept if kept & domain else self._cheapest(project, domain)
        for variable in self._encoding.fallbacks:
            if domains[variable] & ABSENT and domains[variable] & ~ABSENT:
                return variable, ABSENT
        return None

    def _cheapest(self, project: int, domain: int) -> int:
        """The newest of the releases that cost least, and of these one that was read if there is any."""
        costs = self._residuals.costs[self._encoding.variables[project]]
        left = domain
        for mask in costs.values():
            left &= ~mask
        if not left:
            left = domain & next(mask for mask in costs.values() if mask & domain)
        return bit(newest(left & ~self._encoding.unread(project) or left))

    def _found(self) -> Proposal:
        """What stands now, kept if it is the best."""
        domains = self._propagation.domains
        chosen = {p: newest(d) for p, v in self._encoding.variables.items() if not (d := domains[v]) & ABSENT}
        found = proposal(self._landscape, self._asked, self._encoding, chosen)
        if found.is_valid and not found.unread:
            if self.reached is None or -found.lost > self.reached:
                self.reached = -found.lost
                self.best = dict(found.positions)
                self._phase = {project: bit(at) for project, at in found.positions.items()}
            if self.reached >= self.value:
                self.optimum = self.best
        return found

    def _more(self, found: Proposal) -> bool:
        """State what was left out so far and speaks against a stack; whether there is anything."""
        if not found.is_valid and not found.unread:
            self._propagation.add(Incompatibility(found.refuted_by, _PROVEN))
            return True
        loaded = [self._encoding.load(*pair) for pair in found.pairs]
        return any(loaded)


def _holds(masks: Mapping[int, int], stack: Mapping[int, int]) -> bool:
    return all(mask & (bit(stack[p]) if p in stack else ABSENT) for p, mask in masks.items())
