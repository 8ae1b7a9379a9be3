"""What is left to settle: the open projects of a state, kept up to date from what changed in it.

Looking at every project after every decision would make a search quadratic in the number of requirements.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import NamedTuple

from resolver.states.projects import Project
from resolver.states.propagation import Propagation
from resolver.states.versions import ABSENT


class _Standing(NamedTuple):
    """Where one project stands: needed, down to one release, and needed but not settled."""

    present: bool
    single: bool
    open: bool


_NOWHERE = _Standing(present=False, single=False, open=False)


class Agenda:
    """The open projects that the state needs, and how many it needs at all.

    Args:
        owners: variable to the project whose releases, or one of whose extras, it stands for.
        is_unread: whether the state needs something of a release that was not read.
    """

    def __init__(
        self,
        propagation: Propagation,
        owners: Mapping[int, Project],
        is_unread: Callable[[Project, int], bool],
    ) -> None:
        self._propagation = propagation
        self._owners = owners
        self._is_unread = is_unread
        self._standings: dict[int, _Standing] = {}
        self._variables: list[int] = []  # of the open projects, beside them, in the order of first mention
        self._open: list[Project] = []
        self._present = 0
        self._settled = 0

    def open(self) -> list[Project]:
        """Projects that the state needs and has not settled, in the order in which they were first named."""
        self._update()
        return self._open.copy()

    def counts(self) -> tuple[int, int]:
        """How many projects the state needs, and how many of them are down to one release."""
        self._update()
        return self._present, self._settled

    def _update(self) -> None:
        touched = self._propagation.touched
        for project in {self._owners[variable] for variable in touched}:
            self._look_at(project)
        touched.clear()

    def _look_at(self, project: Project) -> None:
        variable = project.variable
        before, now = self._standings.get(variable, _NOWHERE), self._standing(project)
        self._standings[variable] = now
        self._present += now.present - before.present
        self._settled += (now.present and now.single) - (before.present and before.single)
        if now.open == before.open:
            return
        at = bisect_left(self._variables, variable)
        if now.open:
            self._variables.insert(at, variable)
            self._open.insert(at, project)
        else:
            del self._variables[at], self._open[at]

    def _standing(self, project: Project) -> _Standing:
        domain = self._propagation.domains[project.variable]
        present, single = not domain & ABSENT, not domain & (domain - 1)
        unsettled = present and (not single or self._is_unread(project, domain.bit_length() - 2))
        return _Standing(present, single, unsettled)
