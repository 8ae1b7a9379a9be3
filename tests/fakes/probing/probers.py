"""Probers whose word is known beforehand: they build nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from fakes.searching.terrains import release
from knowledge.observations.record import Failure
from knowledge.probing.records import ProbeResult, ProbeTask, Verdict

FACTORY = f"{__name__}:ruled_prober"
FAULTS = ("it is too late", "it is too early", "it is too hot", "it is too cold")


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to stacks.

    Attributes:
        fails: sets of releases such as ``lib==1``; a stack with all of one fails.
        is_blamed: whether the prober says so.
        kills: releases of which the prober's process dies, always.
        dies_once: likewise, the first time only; `marks` is a directory that remembers it.
        hangs: releases that keep it for an hour.
        takes_s: what every probe takes.
        log: a file to which each probe writes the versions of its stack.
    """

    fails: tuple[tuple[str, ...], ...] = ()
    is_blamed: bool = False
    kills: tuple[str, ...] = ()
    dies_once: tuple[str, ...] = ()
    marks: str = ""
    hangs: tuple[str, ...] = ()
    takes_s: float = 0.0
    log: str = ""


class RuledProber:
    """Implements `knowledge.probing.records.Prober`."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def probe(self, task: ProbeTask) -> ProbeResult:
        rules = self._rules
        have = {str(pin.release) for pin in task.pins}
        if rules.log:
            with Path(rules.log).open("a") as log:
                log.write(" ".join(sorted(have)) + "\n")
        if have & set(rules.hangs):
            time.sleep(3600)
        time.sleep(rules.takes_s)
        if have & set(rules.kills) or self._dies_now(have):
            os.kill(os.getpid(), signal.SIGKILL)
        return verdict(have, rules.fails, is_blamed=rules.is_blamed)

    def _dies_now(self, have: Collection[str]) -> bool:
        for name in self._rules.dies_once:
            mark = Path(self._rules.marks) / name
            if name in have and not mark.exists():
                mark.touch()
                return True
        return False


def verdict(
    have: Collection[str], fails: Collection[tuple[str, ...]], *, is_blamed: bool = False
) -> ProbeResult:
    """What a prober says of a stack."""
    for number, one in enumerate(fails):
        if set(one) <= set(have):
            failure = Failure(step="import app", error="ImportError", message=FAULTS[number])
            blame = tuple(map(release, one)) if is_blamed else ()
            return ProbeResult(
                verdict=Verdict.FAILED, failure=failure, blame=blame, python="3.11.7", run_s=0.1
            )
    return ProbeResult(verdict=Verdict.PASSED, python="3.11.7", run_s=0.1)


def ruled_prober(settings: Mapping[str, object]) -> RuledProber:
    """For processes that are told by name what probes."""
    return RuledProber(msgspec.convert(settings, Rules))
