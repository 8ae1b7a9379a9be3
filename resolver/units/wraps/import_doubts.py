"""Says what may fail when the stack is imported, and of a refuted stack what does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.stack import Stack
from resolver.units.strides.imports import asked_directly, pinned, reason

if TYPE_CHECKING:  # dear, and most runs examine nothing
    from analyzers.importing.failures import ImportFailure

_MOST = 20


class ImportDoubtsWrap:
    """Says of the release that asks what it may not get, where that is not certain enough to refute it."""

    name = "import-doubts"

    def applies(self, context: Context) -> bool:
        """Where evidence is asked for, and the type of recommendation examines stacks."""
        return context.recommendation.strides and context.imports is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """By the release that asks, or else by the one that does not give."""
        from analyzers.api.recurrence import asking

        assert context.imports is not None
        pins = pinned(stack, context)
        examined = context.imports.examined(pins, asked_directly(stack, pins))
        if examined is None:
            return {}
        told: dict[str, list[Justification]] = {}
        certain = [each for each in examined.failures if not _is_said(each, context)]
        failures = [(failure, Level.ERROR) for failure in certain if not _is_own(failure)]
        failures += [(failure, Level.WARNING) for failure in certain if _is_own(failure)]
        failures += [(each, _level(each)) for each in examined.doubtful if not _is_said(each, context)]
        for failure, level in failures[:_MOST]:
            names = (asking(failure).distribution, failure.provider)
            name = next((each for each in names if each is not None and each in stack.members), "")
            said = told.setdefault(name, [])
            justification = reason(failure, stack, level, self.name)
            if justification not in said:
                said.append(justification)
        return told


def _level(failure: ImportFailure) -> Level:
    """What the user's code asks for in vain is worth a warning; a module that nobody asked for is not."""
    from analyzers.importing.failures import FailureKind

    return Level.WARNING if _is_own(failure) or failure.kind is not FailureKind.DISTRIBUTION else Level.INFO


def _is_own(failure: ImportFailure) -> bool:
    """Whether it is the user's code that asks; no stack is refuted for that alone."""
    from analyzers.api.recurrence import asking

    return asking(failure).distribution is None


def _is_said(failure: ImportFailure, context: Context) -> bool:
    """Whether it is an import of the user's code of which it is said already that nothing can serve it."""
    from analyzers.importing.failures import missing_name

    name = missing_name(failure.message) if context.missed and _is_own(failure) else None
    while name:
        if name in context.missed:
            return True
        name = name.rpartition(".")[0]
    return False
