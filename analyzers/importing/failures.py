"""How an import fails: the exception as it travels, and the record of a failure that nothing caught."""

from __future__ import annotations

import enum
import re

import msgspec

from analyzers.evidence import Confidence

_MODULE = re.compile(r"No module named '([\w.]+)'")
_NAME = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
ROOT = "<root "
"""How the name of a module begins that stands for whoever imports a root."""


class FailureKind(enum.StrEnum):
    """What was asked for and is not there."""

    NAME = "name"
    MODULE = "module"
    DISTRIBUTION = "distribution"
    ATTRIBUTE = "attribute"
    ARGUMENTS = "arguments"
    RAISE = "raise"
    NATIVE = "native"
    GENERATED = "generated"
    STANDARD_LIBRARY = "standard-library"


class Site(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a module of the stack.

    Attributes:
        distribution: that the file belongs to; None for the user's code.
    """

    module: str
    path: str
    line: int
    distribution: str | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class ImportFailure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A failure that reaches the root whose import was simulated.

    Attributes:
        exception: name of the exception's class.
        consumer: the line that asks.
        provider: distribution that does not give what is asked for; None where nothing in the stack could.
        where: the place on the provider's side: a module, a line that raises, a member of a wheel.
        chain: the imports and calls that lead there, outermost first.
        rule: what decided how certain the failure is.
    """

    kind: FailureKind
    exception: str
    message: str
    consumer: Site
    provider: str | None = None
    where: str | None = None
    chain: tuple[Site, ...] = ()
    confidence: Confidence = Confidence.CERTAIN
    rule: str = ""


class SimulatedError(Exception):
    """An exception of the code that is simulated, on its way to whoever catches it.

    Attributes:
        bases: names of its class and those that it derives from, as ``except`` compares them.
        failure: how it began.
        value: the exception object where the code made it itself.
    """

    def __init__(self, bases: tuple[str, ...], failure: ImportFailure, value: object = None) -> None:
        super().__init__(failure.message)
        self.bases, self.failure, self.value = bases, failure, value


class BudgetSpentError(Exception):
    """The simulation has done as much as it was allowed to."""


def builtin_bases(name: str) -> tuple[str, ...]:
    """Names of a builtin exception class and its bases, most special first; empty for what is none."""
    import builtins

    found = getattr(builtins, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        return tuple(cls.__name__ for cls in found.__mro__ if cls is not object)
    return ()


def missing_name(message: str) -> str | None:
    """The dotted name that an import statement asks for in vain; None where it fails otherwise.

    Args:
        message: of the failure.
    """
    if found := _MODULE.match(message):
        return found[1]
    if found := _NAME.match(message):
        return f"{found[2]}.{found[1]}"
    return None
