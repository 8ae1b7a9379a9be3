"""Which hardware code asks for, can do without, or looks for: hints with their places, and the sum of them.

`hints` reads what linked uses say. What no import leads to, such as a model that came as a parameter, speaks
by its arguments alone: `devices` reads those of one file from its tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from analyzers.evidence import Location
from analyzers.source.module_facts import DeviceMention
from analyzers.source.records import Guard, Role, Use, UseKind
from analyzers.source.signals.constants import strings
from analyzers.source.signals.hardware_signals import (
    DEVICE_ARGUMENTS,
    DEVICE_CALLS,
    ENVIRONMENT,
    MOVES,
    SYMBOLS,
    Accelerator,
    Signal,
    Strength,
    device,
)
from analyzers.source.signals.shallow_nodes import shallow

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_ORDER = tuple(Strength)
_ROOTS = frozenset(symbol.partition(".")[0] for symbol in SYMBOLS)


class HardwareHint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place where code speaks of hardware.

    Attributes:
        signal: the symbol, ``symbol(argument=constant)``, or the name of an environment variable.
    """

    signal: str
    strength: Strength
    accelerator: Accelerator
    location: Location
    guard: tuple[Guard, ...] = ()
    role: Role = Role.MAIN


def hints(
    uses: Iterable[Use], mentions: Mapping[str, Iterable[DeviceMention]] | None = None
) -> tuple[HardwareHint, ...]:
    """All hints by place, one for each line and signal's accelerator.

    What is guarded, or stands in a file that probes for the same kind of hardware, is optional.

    Args:
        uses: linked ones.
        mentions: by path, of main code; what a use says already is not said again.
    """
    return weighed([*said(uses), *of_mentions(mentions or {})])


def weighed(told: Sequence[HardwareHint]) -> tuple[HardwareHint, ...]:
    """The hints of `hints`, from all that uses and mentions say by themselves."""
    probed = {(hint.location.path, hint.accelerator) for hint in told if hint.strength is Strength.PROBE}
    found: dict[tuple[str, int, Accelerator], HardwareHint] = {}
    for hint in (_weakened(hint, probed) for hint in told):
        key = (hint.location.path, hint.location.line or 0, hint.accelerator)
        known = found.get(key)
        if known is None or _ORDER.index(hint.strength) < _ORDER.index(known.strength):
            found[key] = hint
    return tuple(found[key] for key in sorted(found))


def summary(hints: Iterable[HardwareHint]) -> Mapping[Accelerator, Strength]:
    """The strongest hint of main code for each kind of hardware."""
    strongest: dict[Accelerator, Strength] = {}
    for hint in hints:
        if hint.role is Role.MAIN:
            known = strongest.get(hint.accelerator, Strength.PROBE)
            strongest[hint.accelerator] = min(known, hint.strength, key=_ORDER.index)
    return strongest


def devices(root: SgNode, text: str) -> tuple[DeviceMention, ...]:
    """Devices and variables that a file names in constants, in the order they stand.

    Args:
        root: of the file's tree.
        text: of the same file; most texts mention none, and their trees are not walked.
    """
    return mentioned(root.find_all(kind="string")) if has_mentions(text) else ()


def has_mentions(text: str) -> bool:
    """Whether a text may name a device or variable, so that its strings are worth a look."""
    if _NAMED.search(text):
        return True
    return "ExecutionProvider" in text and _MENTION.search(text) is not None


def mentioned(strings: Iterable[SgNode]) -> tuple[DeviceMention, ...]:
    """As `devices`, from all strings of the file."""
    found = [string for string in strings if _MENTION.search(string.text())]
    return tuple(mention for string in shallow(found) if (mention := _mention(string)) is not None)


_NAMES = r"cuda|mps|xpu|hpu|xla|rocm|gpu|GPU|tpu|TPU|nccl|gpu_hist"
_DEVICE = rf"(?:{_NAMES})(?::\d+)?|/(?:device:)?[gG][pP][uU](?::\d+)?|{'|'.join(ENVIRONMENT)}"
_FIRSTS = "".join(sorted({"/", *(name[0] for name in (*_NAMES.split("|"), *ENVIRONMENT))}))
_NAMED = re.compile(rf"[\"'](?=[{_FIRSTS}])(?:{_DEVICE})[\"']")
_MENTION = re.compile(rf"[\"'](?:{_DEVICE}|\w+ExecutionProvider)[\"']")


def _mention(string: SgNode) -> DeviceMention | None:
    place = string.range().start
    name = next(iter(strings(string.text())), "")
    if name in ENVIRONMENT:
        return DeviceMention(place.line + 1, place.column + 1, name, "")
    is_conditional = False
    child, parent = string, string.parent()
    while parent is not None and parent.kind() in (
        "conditional_expression",
        "parenthesized_expression",
        "list",
        "tuple",
    ):
        is_conditional |= parent.kind() == "conditional_expression"
        child, parent = parent, parent.parent()
    if parent is None:
        return None
    if parent.kind() == "keyword_argument" and parent.field("value") == child:
        keyword = parent.field("name")
        how = "" if keyword is None else f"{keyword.text()}="
        fits = how[:-1] in DEVICE_ARGUMENTS
    elif parent.kind() == "argument_list":
        call = parent.parent()
        function = None if call is None else call.field("function")
        how = "" if function is None else f"{function.text().rpartition('.')[2]}()"
        fits = how[:-2] in DEVICE_CALLS and parent.child(1) == child
    else:
        return None
    return DeviceMention(place.line + 1, place.column + 1, name, how, is_conditional) if fits else None


def said(uses: Iterable[Use]) -> Iterator[HardwareHint]:
    """What uses say, one by one."""
    for use in uses:
        symbol, last, signal, move = _meaning(use.symbol)
        if signal is not None:
            yield _hint(use, symbol, signal)
        elif move is not None and use.kind is UseKind.CALL:
            yield _hint(use, symbol, move)
        for argument, text in use.literals:
            for name in strings(text):
                by_place = argument == "0" and last in DEVICE_CALLS
                told = (
                    device(name, argument)
                    if argument in DEVICE_ARGUMENTS or by_place
                    else ENVIRONMENT.get(name)
                )
                if told is not None:
                    shown = "" if argument.isdigit() else f"{argument}="
                    weaker = signal is not None and signal.strength is Strength.PROBE
                    strength = Strength.PROBE if weaker else told.strength
                    yield _hint(use, f"{symbol}({shown}{name!r})", Signal(told.accelerator, strength))


def of_mentions(mentions: Mapping[str, Iterable[DeviceMention]]) -> Iterator[HardwareHint]:
    """What mentions say, one by one; they are given by path."""
    for path in sorted(mentions):
        for each in mentions[path]:
            told = ENVIRONMENT.get(each.name) or device(each.name, each.how.rstrip("=") or None)
            if told is not None:
                is_probe = each.how == "list_physical_devices()" or each.how == "devices()"
                strength = Strength.OPTIONAL if each.is_conditional else told.strength
                shown = each.how.replace("()", f"({each.name!r})").replace("=", f"={each.name!r}")
                yield HardwareHint(
                    signal=shown or each.name,
                    strength=Strength.PROBE if is_probe else strength,
                    accelerator=told.accelerator,
                    location=Location(path=path, line=each.line, column=each.column),
                )


class _Meaning(NamedTuple):
    """What a symbol says wherever it is used.

    Attributes:
        symbol: without calls and subscripts; `last` is its last name.
        move: what it says where it is called.
    """

    symbol: str
    last: str
    signal: Signal | None
    move: Signal | None


@lru_cache(1 << 13)
def _meaning(used: str) -> _Meaning:
    symbol = used.replace("()", "").replace("[]", "")
    root, last = symbol.partition(".")[0], symbol.rpartition(".")[2]
    row = _row(symbol) if root in _ROOTS else None
    return _Meaning(symbol, last, row, MOVES[root].get(last) if root in MOVES else None)


def hints_at_hardware(symbol: str) -> bool:
    """Whether uses of a symbol speak of hardware whatever their arguments."""
    meaning = _meaning(symbol)
    return meaning.signal is not None or meaning.move is not None


def _row(symbol: str) -> Signal | None:
    """The row of the symbol, or of the longest part of it that has one."""
    while symbol:
        if symbol in SYMBOLS:
            return SYMBOLS[symbol]
        symbol = symbol.rpartition(".")[0]
    return None


def _hint(use: Use, signal: str, told: Signal) -> HardwareHint:
    return HardwareHint(
        signal=signal,
        strength=told.strength,
        accelerator=told.accelerator,
        location=Location(path=use.file, line=use.line, column=use.column),
        guard=use.guard,
        role=use.role,
    )


def _weakened(hint: HardwareHint, probed: set[tuple[str, Accelerator]]) -> HardwareHint:
    kinds = {hint.accelerator, Accelerator.GPU}
    is_probed = any((hint.location.path, kind) in probed for kind in kinds)
    if hint.strength is Strength.REQUIRES and (hint.guard or is_probed):
        return msgspec.structs.replace(hint, strength=Strength.OPTIONAL)
    return hint
