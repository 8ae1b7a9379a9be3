"""What differs between two signatures of one function, for those who call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from analyzers.api.changes import ChangeKind, Weight
from analyzers.api.spelling import Stated, StatedParameter, stated
from analyzers.api.surface import ParameterKind

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
_BY_NAME = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY)
_STARS = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}
_VARIADIC = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)


class SignatureChange(NamedTuple):
    """One difference; see `analyzers.api.changes.ApiChange`."""

    weight: Weight
    kind: ChangeKind
    told: str
    parameter: str | None = None
    position: int | None = None


def signature_changes(before: str, after: str, *, is_bound: bool) -> Iterator[SignatureChange]:
    """How calls must change, and what they may do now.

    Args:
        before: as `spelled_signature` gives it.
        after: likewise.
        is_bound: the first parameter is the object or the class that the function is reached through.
    """
    if before == after:
        return
    old, new = _readable(before, is_bound), _readable(after, is_bound)
    if old is None or new is None:
        yield SignatureChange(Weight.NOTABLE, ChangeKind.DEFAULT, "has another signature")
        return
    yield from _Signatures(old, new).changes()
    if old.returns is not None and new.returns is None:
        told = f"no longer states that it returns {old.returns}"
        yield SignatureChange(Weight.NOTABLE, ChangeKind.RETURN_GONE, told)


def _readable(signature: str, is_bound: bool) -> Stated | None:
    found = stated(signature)
    if not found.parameters and not signature.startswith("()"):
        return None
    first = found.parameters[:1]
    if is_bound and first and first[0].parameter.kind in _POSITIONAL:
        return found._replace(parameters=found.parameters[1:])
    return found


class _Signatures:
    def __init__(self, old: Stated, new: Stated) -> None:
        self._old, self._new = old.parameters, new.parameters
        self._new_at = {each.parameter.name: at for at, each in reversed(list(enumerate(self._new)))}
        self._old_names = {each.parameter.name for each in self._old}
        kinds = {each.parameter.kind for each in self._new}
        self._takes_positional = ParameterKind.VAR_POSITIONAL in kinds
        self._takes_keywords = ParameterKind.VAR_KEYWORD in kinds
        self._renamed: set[str] = set()

    def changes(self) -> Iterator[SignatureChange]:
        for position, old in enumerate(self._old):
            at = self._new_at.get(old.parameter.name)
            if at is None:
                yield from self._gone(old, position)
            else:
                yield from self._kept(old, self._new[at], position, at)
        for new in self._new:
            yield from self._added(new)

    def _gone(self, old: StatedParameter, position: int) -> Iterator[SignatureChange]:
        name, kind = old.parameter.name, old.parameter.kind
        if (new := self._in_place_of(position)) is not None:
            self._renamed.add(new.parameter.name)
            told = f"parameter {name} is now called {new.parameter.name}"
            # Who gives it by position does not notice.
            weight = Weight.BREAKING if kind in _BY_NAME and not self._takes_keywords else Weight.NOTABLE
            yield SignatureChange(weight, ChangeKind.PARAMETER_RENAMED, told, name, position)
            yield from self._required(old, new, position)
            return
        is_swallowed = (
            (kind is ParameterKind.KEYWORD_ONLY and self._takes_keywords)
            or (kind is ParameterKind.POSITIONAL_ONLY and self._takes_positional)
            or (kind is ParameterKind.POSITIONAL and self._takes_positional and self._takes_keywords)
        )
        told = f"no longer has parameter {_STARS.get(kind, '')}{name}"
        if is_swallowed:
            told = f"{told} by name, but takes whatever is given"
        weight = Weight.NOTABLE if is_swallowed else Weight.BREAKING
        yield SignatureChange(weight, ChangeKind.PARAMETER_GONE, told, name, position)

    def _in_place_of(self, position: int) -> StatedParameter | None:
        """A parameter that stands where the old one stood, of its kind, under a name that was not there."""
        if position >= len(self._new):
            return None
        new, old = self._new[position], self._old[position]
        is_alike = new.parameter.kind is old.parameter.kind and new.parameter.kind in _POSITIONAL
        has_same_default = (new.default is None) == (old.default is None)
        is_new = new.parameter.name not in self._old_names
        return new if is_alike and is_new and has_same_default else None

    def _kept(
        self, old: StatedParameter, new: StatedParameter, position: int, at: int
    ) -> Iterator[SignatureChange]:
        name, before, after = old.parameter.name, old.parameter.kind, new.parameter.kind
        yield from self._required(old, new, position)
        if before in _POSITIONAL and after in _POSITIONAL and position != at:
            told = f"parameter {name} is now the {_ordinal(at + 1)}, it was the {_ordinal(position + 1)}"
            yield SignatureChange(Weight.BREAKING, ChangeKind.PARAMETER_MOVED, told, name, position)
        if before is not after and self._is_narrower(before, after):
            told = f"parameter {name} is now {after.value}, it was {before.value}"
            yield SignatureChange(Weight.BREAKING, ChangeKind.PARAMETER_KIND, told, name, position)
        if old.default is not None and new.default is not None and old.default != new.default:
            told = f"parameter {name} is {new.default} by default, it was {old.default}"
            yield SignatureChange(Weight.NOTABLE, ChangeKind.DEFAULT, told, name, position)

    def _required(
        self, old: StatedParameter, new: StatedParameter, position: int
    ) -> Iterator[SignatureChange]:
        if old.parameter.has_default and not new.parameter.has_default:
            told = f"parameter {new.parameter.name} must be given now"
            yield SignatureChange(
                Weight.BREAKING, ChangeKind.PARAMETER_REQUIRED, told, new.parameter.name, position
            )

    def _is_narrower(self, before: ParameterKind, after: ParameterKind) -> bool:
        match after:
            case ParameterKind.VAR_KEYWORD:
                return before is not ParameterKind.KEYWORD_ONLY and not self._takes_positional
            case ParameterKind.VAR_POSITIONAL:
                return before is not ParameterKind.POSITIONAL_ONLY and not self._takes_keywords
            case ParameterKind.POSITIONAL:
                return before in _VARIADIC
            case _:
                return True

    def _added(self, new: StatedParameter) -> Iterator[SignatureChange]:
        name = new.parameter.name
        if name in self._old_names or name in self._renamed:
            return
        if new.parameter.has_default:
            told = f"takes parameter {_STARS.get(new.parameter.kind, '')}{name}"
            yield SignatureChange(Weight.NEW, ChangeKind.PARAMETER_NEW, told, name)
        else:
            told = f"requires parameter {name}, which it did not have"
            yield SignatureChange(Weight.BREAKING, ChangeKind.PARAMETER_REQUIRED, told, name)


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
