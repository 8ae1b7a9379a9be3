"""What is wrong with inputs, collected so that all of it is told at once, in the order of the files."""

from __future__ import annotations

from analyzers.evidence import Location
from analyzers.manifests.declared import Declared
from analyzers.manifests.errors import ManifestError, Problem
from analyzers.manifests.references import without_credentials

_SHOWN_CHARACTERS = 200


class Problems:
    """Collects; `raise_if_any` ends the reading."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}
        self._order: dict[str, int] = {}

    def of(self, error: ManifestError) -> None:
        """Everything that a parser found."""
        for problem in error.problems:
            self._note(problem)

    def add(self, location: Location, text: str, reason: str, remedy: str) -> None:
        """One thing that is not accepted."""
        shown = without_credentials(text)[:_SHOWN_CHARACTERS]
        self._note(Problem(location=location, text=shown, reason=reason, remedy=remedy))

    def at(self, where: str, path: str, reason: str, remedy: str) -> None:
        """Something that stands at a place given as text."""
        rest = where.removeprefix(path).split(":")[1:]
        line, column = (int(part) if part.isdigit() else None for part in (*rest, "", "")[:2])
        self.add(Location(path=path, line=line, column=column), "", reason, remedy)

    def refuse(self, declared: Declared, reason: str, remedy: str) -> None:
        """A statement that is not accepted."""
        self.add(declared.location, declared.text, reason, remedy)

    def raise_if_any(self) -> None:
        """End if something was found.

        Raises:
            ManifestError: it holds all problems.
        """
        if self._found:
            raise ManifestError(next(iter(self._order)), tuple(sorted(self._found, key=self._place)))

    def _note(self, problem: Problem) -> None:
        self._order.setdefault(problem.location.path, len(self._order))
        self._found[problem] = None

    def _place(self, problem: Problem) -> tuple[int, int, int]:
        at = problem.location
        return self._order[at.path], at.line or 0, at.column or 0
