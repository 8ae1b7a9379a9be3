"""Takes places of this machine out of what a probe says: they differ between stacks, and are private."""

from __future__ import annotations

import re

import msgspec

from knowledge.observations.record import Failure
from knowledge.probing.records import ImportedModule, ProbeResult

_PLACE = re.compile(r"(?:/[^\s'\"()<>:,;]*)?/(?:site|dist)-packages/")


def cleaned(result: ProbeResult) -> ProbeResult:
    """A result whose places are relative to where packages are installed."""
    return msgspec.structs.replace(
        result,
        failure=None if result.failure is None else _failure(result.failure),
        trace=tuple(map(_text, result.trace)),
        modules=tuple(map(_module, result.modules)),
    )


def _module(module: ImportedModule) -> ImportedModule:
    if module.failure is None:
        return module
    return msgspec.structs.replace(module, failure=_failure(module.failure))


def _failure(failure: Failure) -> Failure:
    return msgspec.structs.replace(failure, message=_text(failure.message), where=_text(failure.where))


def _text(text: str) -> str:
    return _PLACE.sub("", text)
