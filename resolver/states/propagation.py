"""Domains, decisions and learning: unit propagation, conflict analysis and back-jumping over masks.

Variables are numbered; a domain is a mask (see `resolver.states.versions`). Everything that changed a domain stands
on one trail, so that a conflict can be traced to the decisions that caused it. What is learned stays.
Source: conflict-driven clause learning (Marques-Silva and Sakallah, 1999) in PubGrub's form (Weizenbaum,
2018).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from resolver.states.incompatibilities import Incompatibility, resolve


class UnsatisfiableError(Exception):
    """No assignment satisfies the incompatibilities.

    Attributes:
        proof: the incompatibility without terms, whose causes are the derivation.
    """

    def __init__(self, proof: Incompatibility) -> None:
        super().__init__("the requirements cannot be met together")
        self.proof = proof


class _Change(msgspec.Struct, frozen=True):
    variable: int
    before: int
    reason: Incompatibility | None


class Propagation:
    """A partial assignment, closed under propagation.

    Attributes:
        domains: the remaining mask of every variable.
        everything: the whole mask of every variable.
        conflicts: number of conflicts analysed.
        decisions: number of decisions made.
        touched: variables whose domain may have changed since whoever keeps account emptied it.
        watch: called after each conflict, when all is consistent again; may raise to end the search.
    """

    def __init__(self) -> None:
        self.domains: list[int] = []
        self.everything: list[int] = []
        self.touched: set[int] = set()
        self.conflicts = 0
        self.decisions = 0
        self.watch: Callable[[], None] = lambda: None
        self._incompatibilities: list[Incompatibility] = []
        self._occurrences: list[list[Incompatibility]] = []
        self._history: list[list[tuple[int, int]]] = []
        self._trail: list[_Change] = []
        self._level_starts: list[int] = []
        self._queue: deque[int] = deque()
        self._unchecked: deque[Incompatibility] = deque()
        self._late: list[tuple[int, Incompatibility]] = []
        self._suspended = 0

    @property
    def level(self) -> int:
        """The number of decisions in force."""
        return len(self._level_starts)

    def variable(self, everything: int) -> int:
        """A new variable with its whole domain open."""
        self.domains.append(everything)
        self.everything.append(everything)
        self._occurrences.append([])
        self._history.append([])
        self.touched.add(len(self.domains) - 1)
        return len(self.domains) - 1

    def add(self, incompatibility: Incompatibility) -> None:
        """Add an incompatibility; `propagate` will look at it first."""
        self._incompatibilities.append(incompatibility)
        for variable in incompatibility.masks:
            self._occurrences[variable].append(incompatibility)
        self.recheck(incompatibility)

    def widen(self, incompatibility: Incompatibility, variable: int, mask: int) -> None:
        """Let an incompatibility that was added hold for more values of one of its variables."""
        incompatibility.masks[variable] |= mask
        self.recheck(incompatibility)

    def recheck(self, incompatibility: Incompatibility) -> None:
        """Have `propagate` look at an incompatibility as if it were new."""
        self._unchecked.append(incompatibility)

    def decide(self, variable: int, mask: int) -> None:
        """Open a decision level in which `variable` lies within `mask`."""
        self.decisions += 1
        self._level_starts.append(len(self._trail))
        self._change(variable, self.domains[variable] & mask, None)

    def decided_at(self, level: int) -> int:
        """The variable whose decision opened `level`, which is at least 1."""
        return self._trail[self._level_starts[level - 1]].variable

    def level_of_decision(self, variable: int) -> int:
        """The level that opened with a decision on `variable`; 0 when it was not decided."""
        levels = range(1, self.level + 1)
        return next((level for level in levels if self.decided_at(level) == variable), 0)

    def domain_at(self, variable: int, level: int) -> int:
        """The domain that `variable` had when `level` was complete."""
        end = self._level_starts[level] if level < self.level else len(self._trail)
        for position, domain in reversed(self._history[variable]):
            if position < end:
                return domain
        return self.everything[variable]

    def removal(self, variable: int, mask: int) -> Incompatibility | None:
        """The incompatibility that took the values in `mask` from a domain; None if a decision did."""
        for position, domain in self._history[variable]:
            if not domain & mask:
                return self._trail[position].reason
        return None

    def refusal(self, variable: int, assumed: Mapping[int, int]) -> Incompatibility:
        """What cannot all hold, of what was assumed, as `variable` has lost all that was assumed of it.

        Each of its masks spans what was assumed, as far as that is possible without decisions, and is as
        wide as the reasons are. Its cause says nothing of what rests on no decision.

        Args:
            variable: not decided; some of what was assumed of it was left without a decision.
            assumed: masks by variable, of `variable` and of all decisions.
        """
        base = self._level_starts[0] if self._level_starts else len(self._trail)
        wanted = {variable: assumed[variable] & self.domain_at(variable, 0)}
        masks = {variable: 0}
        found: Incompatibility | None = None
        while True:
            latest, pivot = -1, variable
            for other, held in list(masks.items()):
                if other not in assumed:
                    position = self._held_since(other, held)
                    if position < base:
                        del masks[other]
                        continue
                else:
                    if other not in wanted:
                        wanted[other] = assumed[other] & self.domain_at(other, 0)
                    position = self._lost_at(other, wanted[other] & ~held)
                if position > latest:
                    latest, pivot = position, other
            if latest < 0:
                assert found is not None  # something was lost by a decision
                for other in [v for v, mask in masks.items() if not self.domain_at(v, 0) & ~mask]:
                    del masks[other]
                return found
            reason = self._trail[latest].reason
            assert reason is not None  # decisions lose nothing that was assumed
            if found is None:
                found = Incompatibility(dict(reason.masks), reason.cause, reason.assumptions)
            else:
                found = resolve(found, reason, pivot, self.everything[pivot])
            masks = found.masks

    def propagate(self) -> None:
        """Draw every conclusion, learning from conflicts and jumping back until none is left.

        Raises:
            UnsatisfiableError: a conflict rests on no decision.
        """
        while (conflict := self._closure()) is not None:
            self.conflicts += 1
            learned, level = self._analyse(conflict)
            self.backjump(level)
            if learned is conflict:
                self.recheck(learned)
            else:
                self.add(learned)
            self.watch()

    def restart(self, suspended: int = 0) -> None:
        """Forget every decision and conclusion, and look at all incompatibilities again.

        Args:
            suspended: assumptions that no longer hold; what rests on one of them does not count.
        """
        self._suspended = suspended
        self.domains[:] = self.everything
        self.touched.update(range(len(self.domains)))
        for history in self._history:
            history.clear()
        self._trail.clear()
        self._level_starts.clear()
        self._queue.clear()
        self._late.clear()
        self._unchecked = deque(self._incompatibilities)

    def undecided(self, suspended: int = 0) -> Propagation:
        """Another propagation of the same incompatibilities, without any decision, closed.

        Args:
            suspended: assumptions that do not count in it.

        Raises:
            UnsatisfiableError: nothing is left even so.
        """
        other = Propagation()
        for everything in self.everything:
            other.variable(everything)
        for incompatibility in self._incompatibilities:
            if not incompatibility.assumptions & (suspended | self._suspended):
                # A copy: what the other one widens or learns must not reach this one.
                other.add(Incompatibility(dict(incompatibility.masks), incompatibility.cause))
        other.propagate()
        return other

    def backjump(self, level: int) -> None:
        """Undo every change above `level`."""
        if level >= self.level:
            return
        start = self._level_starts[level]
        for change in reversed(self._trail[start:]):
            self.domains[change.variable] = change.before
            self.touched.add(change.variable)
            self._history[change.variable].pop()
        del self._trail[start:]
        del self._level_starts[level:]
        # What was added above this level may be unit here already: it is looked at again.
        while self._late and self._late[-1][0] > level:
            self._unchecked.append(self._late.pop()[1])

    def _closure(self) -> Incompatibility | None:
        while True:
            if self._unchecked:
                incompatibility = self._unchecked.popleft()
                if self.level:
                    self._late.append((self.level, incompatibility))
                if not self._check(incompatibility):
                    return incompatibility
            elif self._queue:
                variable = self._queue[0]
                for incompatibility in self._occurrences[variable]:
                    # Where the term does not hold, another change must make something of it.
                    if self.domains[variable] & ~incompatibility.masks[variable]:
                        continue
                    if not self._check(incompatibility):
                        return incompatibility
                self._queue.popleft()
            else:
                return None

    def _check(self, incompatibility: Incompatibility) -> bool:
        """Draw the conclusion of one incompatibility; False when all its terms hold."""
        if incompatibility.assumptions & self._suspended:
            return True
        domains = self.domains
        unit = -1
        for variable, mask in incompatibility.masks.items():
            domain = domains[variable]
            if not domain & mask:
                return True
            if domain & ~mask:
                if unit >= 0:
                    return True
                unit = variable
        if unit < 0:
            return False
        self._change(unit, domains[unit] & ~incompatibility.masks[unit], incompatibility)
        return True

    def _change(self, variable: int, domain: int, reason: Incompatibility | None) -> None:
        self._history[variable].append((len(self._trail), domain))
        self._trail.append(_Change(variable, self.domains[variable], reason))
        self.domains[variable] = domain
        self.touched.add(variable)
        self._queue.append(variable)

    def _analyse(self, conflict: Incompatibility) -> tuple[Incompatibility, int]:
        """The incompatibility to learn, and the level at which it leaves one term open."""
        while conflict.masks:
            held = sorted((self._held_since(v, mask), v) for v, mask in conflict.masks.items())
            position, pivot = held[-1]
            level = self._level(position)
            below = self._level(held[-2][0]) if len(held) > 1 else 0
            if below < level:
                return conflict, below
            reason = self._trail[position].reason
            assert reason is not None  # a decision is the first change of its level
            conflict = resolve(conflict, reason, pivot, self.everything[pivot])
        raise UnsatisfiableError(conflict)

    def _held_since(self, variable: int, mask: int) -> int:
        """The trail position that made a term hold."""
        since = -1
        for position, domain in reversed(self._history[variable]):
            if domain & ~mask:
                break
            since = position
        return since

    def _lost_at(self, variable: int, mask: int) -> int:
        """The last trail position at which a domain lost values of a mask that it has lost."""
        for position, domain in reversed(self._history[variable]):
            if mask & self._trail[position].before & ~domain:
                return position
        return -1

    def _level(self, position: int) -> int:
        return bisect_right(self._level_starts, position)
