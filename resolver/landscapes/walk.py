"""Moves among complete stacks: change one release, repair what that breaks.

A project that is put to another release has its unmet dependencies changed, and those that ask for it and do
not tolerate it; each project changes at most once in a move, else the move fails and nothing has changed.
Cost: that of the releases that change and of what asks for them, whatever the size of the stack. Source:
min-conflicts repair (Minton et al., 1992).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from resolver.landscapes.compiling import ROOT
from resolver.landscapes.standing import NOWHERE, Standing, Terms

MOST_TRIED = 10
"""Releases that are tried in place of one that does not tolerate a change."""
MOST_EVADED = 3
"""So many refutations are evaded in one move by changing something else that they are about."""


class Walk(Standing):
    """One walk over a landscape; see `Standing` for where it stands."""

    def move(self, project: int, position: int, held: Iterable[int] = ()) -> bool:
        """Put a project of the stack to another release and repair; false where that fails.

        Args:
            held: projects that must not change.
        """
        mark = len(self._journal)
        self._changed.clear()
        self._queue.clear()
        self._weakened.clear()
        self._zero.clear()
        for one in held:
            self._changed[one] = None
        if self._moved(project, position):
            return True
        self.undo(mark)
        return False

    def _moved(self, project: int, position: int) -> bool:
        if self.at[project] < 0 or not self._put(project, position):
            return False
        for _ in range(MOST_EVADED + 1):
            if not self._met():
                return False
            if self._weakened and self._is_circular():
                self._sweep()
            terms = self._refuted()
            if terms is None:
                return True
            if not self._evade(terms):
                return False
        return False

    def _met(self) -> bool:
        """Have all looked at that changed, and what that changes in turn."""
        queue = self._queue
        for one in queue:
            if self.at[one] >= 0 and not (self._meet_dependencies(one) and self._meet_dependents(one)):
                return False
        queue.clear()
        return True

    def _evade(self, terms: Terms) -> bool:
        """Put something that a refutation is about, and that stayed, to a release that it is not about."""
        for project, mask in terms:
            if self.at[project] >= 0:
                release = self._tolerant(project, ~mask)
                if release is not None and self._put(project, release):
                    return True
        return False

    def _put(self, project: int, position: int) -> bool:
        """Put a project to a release; false where it has changed before, or what it asks for is not known."""
        if project in self._changed:
            return False
        at, live, compiler = self.at, self._live, self._compiler
        kept = compiler.kept(project)
        if kept and at[project] >= 0 and kept & (2 << at[project]) and not kept & (2 << position):
            return False
        self._changed[project] = None
        self._queue.append(project)
        active = [node for node in compiler.nodes(project) if self._support[node]]
        for node in active:
            if self._part(node, position) is None:
                return False
        for node in active:
            if live[node] is not None:
                self._deactivate(node)
        self._journal.append((project, at[project], None))
        self._place(project, position)
        for node in active:
            if not self._activate(node):
                return False
        self._drop()
        return True

    # Repair

    def _meet_dependencies(self, project: int) -> bool:
        at = self.at
        for node in self._compiler.nodes(project):
            part = self._live[node]
            for ask in part.asks if part is not None else ():
                position = at[ask.project]
                if position < 0 or not ask.mask & (2 << position):
                    release = self._release(ask.project, ask.mask)
                    if release is None or not self._put(ask.project, release):
                        return False
                    if self._live[node] is not part:  # what was put has changed what asks
                        break
        return True

    def _meet_dependents(self, project: int) -> bool:
        if self.at[project] < 0:
            return True
        own = 2 << self.at[project]
        askers = self._askers[project]
        while (node := next((n for n, mask in askers.items() if not mask & own), None)) is not None:
            if node == ROOT:
                return False
            dependent = self._compiler.owner(node)[0]
            release = self._tolerant(dependent)
            if release is None or not self._put(dependent, release):
                return False
            if self.at[project] < 0:
                return True
        return True

    def _release(self, project: int, mask: int) -> int | None:
        """The best release within a mask, if possible one that all who ask for the project tolerate."""
        serving = common = self._compiler.domain(project) & mask
        for asked in self._askers[project].values():
            common &= asked
        wanted = common or serving
        before = self._before(project)
        if before >= 0 and wanted & (2 << before):
            return before
        return next((at for at in self._compiler.ranked(project) if wanted & (2 << at)), None)

    def _before(self, project: int) -> int:
        """The release that a project had when the move began, if it left the stack in it."""
        if self.at[project] >= 0:
            return NOWHERE
        for kind, value, _ in reversed(self._journal):
            if kind == project:
                return value
        return NOWHERE

    def _tolerant(self, project: int, within: int = -1) -> int | None:
        """The best release in a mask that tolerates all that has changed, and if possible is tolerated."""
        if project in self._changed:
            return None
        possible = self._compiler.domain(project) & within & ~(2 << self.at[project])
        common = possible
        for asked in self._askers[project].values():
            common &= asked
        ranked = self._compiler.ranked(project)
        for mask in (common, possible & ~common):
            tried = islice((at for at in ranked if mask & (2 << at)), MOST_TRIED)
            found = next((at for at in tried if self._tolerates(project, at)), None)
            if found is not None:
                return found
        return None

    def _tolerates(self, project: int, position: int) -> bool:
        at, changed = self.at, self._changed
        for node in self._compiler.nodes(project):
            if self._support[node]:
                part = self._part(node, position)
                if part is None:
                    return False
                for ask in part.asks:
                    beside = at[ask.project] if ask.project in changed and not ask.ask.others else NOWHERE
                    if beside >= 0 and not ask.mask & (2 << beside):
                        return False
        return True
