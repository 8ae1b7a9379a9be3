"""The six kinds of units, one verb each. A unit is a small class; the registry says which ones exist.

Only sieves and strides refuse, and each refusal has its reason; steps score; wraps explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.stack import Stack
from resolver.units.verdicts import Alternative, Refusal, Refutation

PERFECT = 0
WORST = -1_000_000
"""A factor lies between these, in millionths."""


class Unit(Protocol):
    """What all units share."""

    @property
    def name(self) -> str:
        """How the unit is called in configuration, reports and justifications."""

    def applies(self, context: Context) -> bool:
        """Whether the unit takes part in this run."""


class Boot(Unit, Protocol):
    """Looks at a run before it begins."""

    def prepare(self, context: Context) -> Iterable[Justification]:
        """What the user should know; a justification of level ERROR refuses the run."""


class Pseudonym(Unit, Protocol):
    """Adds alternatives of a project to the action space."""

    def alternatives(self, project: str, context: Context) -> Iterable[Alternative]:
        """What can stand in for a project (normalised name), best first."""


class Sieve(Unit, Protocol):
    """Decides which actions exist."""

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """The releases of a project that may not be used, each with its reason."""


class Step(Unit, Protocol):
    """Gives the score of one release, whatever else is in the stack."""

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """A factor between `WORST` and `PERFECT`; None stands for a perfect one that needs no words."""


class PairStep(Unit, Protocol):
    """Gives the score of a release beside the release of one of its dependencies."""

    def score_pair(
        self,
        dependent: Project,
        at: int,
        dependency: Project,
        other: int,
        specifiers: str,
        context: Context,
    ) -> Justification | None:
        """A factor between `WORST` and `PERFECT`; None stands for a perfect one that needs no words.

        Args:
            dependent: the project that asks.
            at: position of its release.
            dependency: the project that is asked for.
            other: position of its release in the stack.
            specifiers: what is asked for, possibly nothing in particular.
            context: of the run.
        """


class Stride(Unit, Protocol):
    """Accepts a complete stack, or refutes it."""

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        """Why the stack cannot stand; empty accepts it. Each refutation must hold of this stack."""


class Wrap(Unit, Protocol):
    """Explains an accepted stack."""

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """What is worth saying, by normalised project name; under the empty name, of the whole stack."""
