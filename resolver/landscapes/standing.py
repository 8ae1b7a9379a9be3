"""A complete stack with its score, every change of which can be taken back.

What nobody asks for any more leaves at once; a circle that only holds itself up is found by marking anew from
the requirements, and only where something in a circle lost a supporter. Every change stands in a journal.
Cost: that of the releases that change and of what asks for them, whatever the size of the stack. Source: keys
of stacks as in Zobrist (1970).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resolver.landscapes.circles import in_circles
from resolver.landscapes.compiling import ROOT, Compiler, Part
from resolver.landscapes.landscape import Landscape
from resolver.states.versions import ABSENT, bit

NOWHERE = -1
"""Position of a project that is not in the stack."""

Terms = tuple[tuple[int, int], ...]
"""What a refutation is about: numbers of projects and masks that cannot all hold."""

_ACTIVATED, _DEACTIVATED = -1, -2
"""In the journal, in place of a project, before a node and the part that it had in force."""


class Standing:
    """Where a walk over a landscape stands.

    Args:
        start: number of a project to the position of its release: what the requirements reach of it must be
            a valid stack.

    Attributes:
        at: position of each project, `NOWHERE` for those that are not in the stack.
        score: of the stack, in millionths.
        key: tells stacks apart: 64 bits.
        members: the numbers of the projects in the stack, in no order that means anything.

    Raises:
        ValueError: `start` is no valid stack.
    """

    def __init__(self, landscape: Landscape, start: Mapping[int, int]) -> None:
        self.landscape = landscape
        self.at: list[int] = []
        self.score = 0
        self.key = 0
        self.members: list[int] = []
        self._slots: list[int] = []  # of each project: where it stands among the members
        self._compiler = Compiler(landscape)
        self._askers: list[dict[int, int]] = []  # of each project: node that asks to the mask that serves
        self._watchers: list[dict[int, dict[int, int]]] = []  # of each project: losses beside its releases
        self._support: list[int] = []  # of each node: how many others want it
        self._live: list[Part | None] = []  # of each node: what it has in force
        self._journal: list[tuple[int, int, Part | None]] = []
        self._zero: list[int] = []
        self._weakened: list[int] = []
        self._changed: dict[int, None] = {}
        self._queue: list[int] = []
        self._refuting: list[list[Terms]] = []
        self._refutations = 0
        self._circular: set[int] = set()
        self._edges = 0
        self._begin(start)

    # What stands

    def stack(self) -> dict[int, int]:
        """The positions of all that is in the stack, by project."""
        return {project: self.at[project] for project in sorted(self.members)}

    def involved(self, project: int) -> int:
        """What a project that is in the stack has to do with the score, alone and in every pair it is in."""
        at = self.at
        position = at[project]
        total = self._compiler.score(project, position)
        for table in self._watchers[project].values():
            total += table[position]
        for node in self._compiler.nodes(project):
            part = self._live[node]
            if part is not None:
                for other, _, table in part.pairs:
                    if at[other] >= 0:
                        total += table[at[other]]
        return total

    def hope(self, project: int, position: int) -> int:
        """What a project would have to do with the score at another release, were everything else to stay.

        Of a release that was not read only what it adds by itself and what others lose beside it.
        """
        at, compiler = self.at, self._compiler
        total = compiler.score(project, position)
        for table in self._watchers[project].values():
            total += table[position]
        if self.landscape.is_known(project, position):
            for node in compiler.nodes(project):
                part = self._part(node, position) if self._support[node] else None
                for other, _, table in part.pairs if part is not None else ():
                    if at[other] >= 0:
                        total += table[at[other]]
        return total

    def own(self, project: int, position: int) -> int:
        """What one release adds to the score by itself."""
        return self._compiler.score(project, position)

    def candidates(self, project: int) -> Sequence[int]:
        """The releases that a move may put a project to, best first, its present one among them."""
        return self._compiler.ranked(project)

    def neighbours(self, project: int) -> list[int]:
        """The projects in the stack that one asks for or is asked for by, ascending."""
        nodes, live = self._compiler.nodes(project), self._live
        found = {ask.project for node in nodes if (part := live[node]) is not None for ask in part.asks}
        found |= {self._compiler.owner(node)[0] for node in self._askers[project] if node != ROOT}
        found.discard(project)
        return sorted(found)

    # The way back

    def mark(self) -> int:
        """A place to which moves can be taken back."""
        return len(self._journal)

    def settle(self) -> None:
        """Forget how the walk came here: nothing before can be taken back."""
        self._journal.clear()

    def undo(self, mark: int = 0) -> None:
        """Take back everything since a mark; without one, since the walk was settled."""
        journal = self._journal
        while len(journal) > mark:
            kind, value, part = journal.pop()
            if kind == _ACTIVATED:
                assert part is not None
                self._withdraw(value, part)
                self._live[value] = None
            elif kind == _DEACTIVATED:
                assert part is not None
                self._put_forward(value, part)
                self._live[value] = part
            else:
                self._place(kind, value)
        self._zero.clear()

    def refresh(self) -> None:
        """Ask anew which releases can be in a stack: more may be known."""
        self._compiler.refresh()
        self._grow()

    def go(self, stack: Mapping[int, int]) -> None:
        """Stand at another valid stack, of parts that are known; it can be taken back as moves can."""
        at, live, compiler = self.at, self._live, self._compiler
        if any(project >= len(at) for project in stack):  # met since, by the proof that the stack is valid
            compiler.meet()
            self._grow()
        changed = [p for p in sorted({*self.members, *stack}) if stack.get(p, NOWHERE) != at[p]]
        lost = {node for project in changed for node in compiler.nodes(project) if live[node] is not None}
        lost |= {node for node, part in enumerate(live) if part is not None and part.is_open}
        for node in sorted(lost):
            self._deactivate(node)
        for project in changed:
            self._journal.append((project, at[project], None))
            self._place(project, stack.get(project, NOWHERE))
        if ROOT in lost:
            self._require()
        for node in sorted(lost | {compiler.nodes(project)[0] for project in changed}):
            if self._support[node]:
                self._activate(node)
        self._sweep()

    # Changes

    def _part(self, node: int, position: int) -> Part | None:
        part = self._compiler.part(node, position)
        if len(self._support) < self._compiler.node_count:
            self._grow()
        return part

    def _drop(self) -> None:
        """Let go what nobody wants any more."""
        zero, support = self._zero, self._support
        while zero:
            node = zero.pop()
            if support[node] or node == ROOT:
                continue
            if self._live[node] is not None:
                self._deactivate(node)
            project, extra = self._compiler.owner(node)
            if extra is None and self.at[project] >= 0:
                self._journal.append((project, self.at[project], None))
                self._place(project, NOWHERE)

    def _activate(self, node: int) -> bool:
        """Bring what a node asks for into force, and what that activates of releases that stay."""
        pending = [node]
        at, live, compiler = self.at, self._live, self._compiler
        for one in pending:
            project, _ = compiler.owner(one)
            if live[one] is not None or at[project] < 0:
                continue
            part = self._part(one, at[project])
            if part is None:
                return False
            if part.is_open:
                part = compiler.served(part, at)
                self._grow()
            self._journal.append((_ACTIVATED, one, part))
            live[one] = part
            self._put_forward(one, part)
            pending.extend(child for ask in part.asks for child in ask.nodes if live[child] is None)
            if one != node:  # of a project that stays where it is, and asks for more
                self._queue.append(project)
        return True

    def _deactivate(self, node: int) -> None:
        part = self._live[node]
        assert part is not None
        self._journal.append((_DEACTIVATED, node, part))
        self._live[node] = None
        self._withdraw(node, part)

    def _put_forward(self, node: int, part: Part) -> None:
        askers, support, at = self._askers, self._support, self.at
        for ask in part.asks:
            askers[ask.project][node] = ask.mask
            for child in ask.nodes:
                support[child] += 1
        for other, number, table in part.pairs:
            self._watchers[other][number] = table
            if at[other] >= 0:
                self.score += table[at[other]]

    def _withdraw(self, node: int, part: Part) -> None:
        askers, support, at = self._askers, self._support, self.at
        for ask in part.asks:
            del askers[ask.project][node]
            for child in ask.nodes:
                support[child] -= 1
                if support[child]:
                    self._weakened.append(child)
                else:
                    self._zero.append(child)
        for other, number, table in part.pairs:
            del self._watchers[other][number]
            if at[other] >= 0:
                self.score -= table[at[other]]

    def _place(self, project: int, position: int) -> None:
        """Change a position, with what of score and key hangs on it alone."""
        before = self.at[project]
        compiler = self._compiler
        if before >= 0:
            self.key ^= compiler.mark(project, before)
            self.score -= compiler.score(project, before)
            for table in self._watchers[project].values():
                self.score -= table[before]
        self.at[project] = position
        if (before < 0) is not (position < 0):
            self._enter(project) if before < 0 else self._leave(project)
        if position >= 0:
            self.key ^= compiler.mark(project, position)
            self.score += compiler.score(project, position)
            for table in self._watchers[project].values():
                self.score += table[position]

    def _enter(self, project: int) -> None:
        self._slots[project] = len(self.members)
        self.members.append(project)

    def _leave(self, project: int) -> None:
        last, slot = self.members.pop(), self._slots[project]
        if last != project:
            self.members[slot] = last
            self._slots[last] = slot

    # Circles and refutations

    def _is_circular(self) -> bool:
        """Whether something on a circle has lost one of those that hold it up."""
        compiler = self._compiler
        if self._edges != compiler.edge_count:
            self._edges = compiler.edge_count
            self._circular = in_circles(compiler.edges)
        circular = self._circular
        return bool(circular) and any(compiler.owner(node)[0] in circular for node in self._weakened)

    def _reached(self) -> set[int]:
        """The nodes that the requirements lead to."""
        reached = {ROOT}
        queue = [ROOT]
        for node in queue:
            part = self._live[node]
            for ask in part.asks if part is not None else ():
                for child in ask.nodes:
                    if child not in reached:
                        reached.add(child)
                        queue.append(child)
        return reached

    def _sweep(self) -> None:
        """Let go what only holds itself up."""
        reached = self._reached()
        for node, part in enumerate(self._live):
            if part is not None and node not in reached:
                self._deactivate(node)
        for project in sorted(self.members):
            if self._compiler.nodes(project)[0] not in reached:
                self._journal.append((project, self.at[project], None))
                self._place(project, NOWHERE)
        self._zero.clear()

    def _refuted(self) -> Terms | None:
        """A refutation that holds of the stack, of those that what moved has to do with."""
        self._meet_refutations()
        at, refuting = self.at, self._refuting
        if not self._refutations:
            return None
        for project in dict.fromkeys(kind for kind, _, _ in self._journal if kind >= 0):
            for terms in refuting[project]:
                if all(mask & (2 << at[p] if at[p] >= 0 else ABSENT) for p, mask in terms):
                    return terms
        return None

    def _meet_refutations(self) -> None:
        refutations = self.landscape.refutations
        for refuted in refutations[self._refutations :]:
            terms = tuple(refuted.items())
            for project, _ in terms:
                self._refuting[project].append(terms)
        self._refutations = len(refutations)

    # Beginning

    def _grow(self) -> None:
        """Make room for projects and nodes that were met since."""
        compiler = self._compiler
        for _ in range(len(self.at), compiler.project_count):
            self.at.append(NOWHERE)
            self._slots.append(NOWHERE)
            self._askers.append({})
            self._watchers.append({})
            self._refuting.append([])
        missing = compiler.node_count - len(self._support)
        self._support.extend([0] * missing)
        self._live.extend([None] * missing)

    def _begin(self, start: Mapping[int, int]) -> None:
        self._requirements = self._compiler.requirements()
        self._grow()
        for project, position in start.items():
            if not self.landscape.domain(project) & bit(position):
                raise ValueError("the start of a walk has a release that is not there")
            self._place(project, position)
        part = self._require()
        is_known = all(self._activate(child) for ask in part.asks for child in ask.nodes)
        reached = self._reached()
        for project in start:
            if self._compiler.nodes(project)[0] not in reached:
                self._place(project, NOWHERE)
        if not is_known or not self._is_met():
            raise ValueError("the start of a walk is no valid stack")
        self._journal = [(project, NOWHERE, None) for project in self.members]
        is_refuted = self._refuted() is not None
        self._journal.clear()
        if is_refuted:
            raise ValueError("the start of a walk is refuted")

    def _require(self) -> Part:
        """Bring the requirements into force."""
        part = self._requirements
        if part.is_open:
            part = self._compiler.served(part, self.at)
            self._grow()
        self._journal.append((_ACTIVATED, ROOT, part))
        self._live[ROOT] = part
        self._put_forward(ROOT, part)
        return part

    def _is_met(self) -> bool:
        at = self.at
        return all(
            at[ask.project] >= 0 and ask.mask & (2 << at[ask.project])
            for part in self._live
            if part is not None
            for ask in part.asks
        )
