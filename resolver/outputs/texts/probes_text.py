"""What came of a probe, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.probing.records import Verdict
from knowledge.probing.report import ProbeReport

_MOST_MODULES = 10


def probe_text(report: ProbeReport) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: ProbeReport) -> Iterator[str]:
    result = report.result
    count = len(report.releases)
    stack = f"{count} release{'' if count == 1 else 's'} of {report.input.what}, Python {result.python}"
    match result.verdict:
        case Verdict.PASSED:
            yield f"passed: {stack}"
        case Verdict.FAILED:
            yield f"failed: {stack}"
        case Verdict.NOT_KNOWN:
            yield f"not known: {stack}"
    failure = result.failure
    if failure is not None:
        where = f" ({failure.where})" if failure.where else ""
        yield f"  {failure.step}: {failure.error}: {failure.message}{where}"
    if len(result.blame) == 2:
        yield f"  blame: {result.blame[0]} with {result.blame[1]}"
    elif result.blame:
        yield f"  blame: {result.blame[0]}"
    for line in result.trace:
        yield f"    {line}"
    demanded = [one for one in result.modules if one.is_demanded]
    told = [one for one in result.modules if one.failure is not None and not one.is_demanded]
    passed = sum(one.failure is None for one in demanded)
    yield f"  imported {passed} of {len(demanded)} modules that matter"
    for one in told[:_MOST_MODULES]:
        assert one.failure is not None
        yield f"  note: import {one.module}: {one.failure.error}: {one.failure.message}"
    if len(told) > _MOST_MODULES:
        yield f"  note: {len(told) - _MOST_MODULES} more modules do not import (--format json)"
    memory = "" if result.memory_bytes is None else f", {result.memory_bytes / 1e6:.0f} MB"
    yield f"  built in {result.build_s:.1f} s, ran {result.run_s:.1f} s{memory}"
    yield f"  held by: {', '.join(result.confinement.applied) or 'nothing'}"
    for refusal in result.confinement.refused:
        yield f"  not held by {refusal}"
