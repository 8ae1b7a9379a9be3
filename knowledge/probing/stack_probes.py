"""Probes of the stacks of one search: within a budget, and never twice of the same stack.

What came of a stack is kept with the digests of its files, of what had to run in it and of the environment,
so that a later run with the same ones has its answer at once.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.imports.stack_files import Pinned
from knowledge.probing.records import OwnCode, PinnedFile, Prober, ProbeResult, ProbeTask, Verdict
from knowledge.stores.derivations import Derivations

INSTRUMENT = "stack-probes/1"
_decode = msgspec.msgpack.Decoder(ProbeResult).decode


class ProbeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What may be spent in one run.

    Attributes:
        probes: that are made; those that an earlier run made do not count.
        seconds: that they take; a probe that has begun is ended by its own limits alone. None for as long as
            it takes.
    """

    probes: int = 20
    seconds: float | None = None


class Demanded(msgspec.Struct, frozen=True, kw_only=True):
    """What must run in a stack beside the imports of what was asked for; see `ProbeTask`."""

    modules: tuple[str, ...] = ()
    script: str = ""
    script_name: str = "script"
    code: OwnCode | None = None


class StackProbe(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one stack.

    Attributes:
        is_stored: whether an earlier run had tried it.
    """

    result: ProbeResult
    is_stored: bool = False


class StackProbes:
    """Implements `resolver.source.StackProber`.

    Args:
        prober: builds and runs stacks.
        answers: those of earlier runs.
        environment: what tells apart where they run.
        demanded: what must run.
        limits: what may be spent.
        clock: seconds that pass.
        told: called when a probe begins, with its number and that of the releases in the stack.
        observed: called with what was tried and what came of it, where an answer was found.

    Attributes:
        reason: why there was no answer; None while there were.
    """

    def __init__(
        self,
        prober: Prober,
        answers: Derivations,
        environment: str,
        demanded: Demanded,
        limits: ProbeLimits,
        *,
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[int, int], object] = lambda number, releases: None,
        observed: Callable[[ProbeTask, ProbeResult], object] = lambda task, result: None,
    ) -> None:
        self._prober, self._answers, self._environment = prober, answers, environment
        self._demanded, self._limits, self._clock = demanded, limits, clock
        self._told, self._observed = told, observed
        self._code = None if demanded.code is None else demanded.code.digest
        self._known: dict[str, ProbeResult] = {}
        self._made = 0
        self._spent_s = 0.0
        self.reason: str | None = None

    def probe(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> StackProbe | None:
        """What came of a stack; None where nothing is left to spend on it.

        Args:
            pins: normalised name to release.
            roots: normalised names of the projects whose modules must be importable.
        """
        task = self._task(pins, roots)
        key = self._key(task)
        known = self._known.get(key) or self._kept(key)
        if known is not None:
            self._known[key] = known
            return StackProbe(result=known, is_stored=True)
        self.reason = self._spent()
        if self.reason is not None:
            return None
        self._made += 1
        self._told(self._made, len(pins))
        began_s = self._clock()
        try:
            result = self._prober.probe(task)
        finally:
            self._spent_s += self._clock() - began_s
        if result.verdict is not Verdict.NOT_KNOWN:
            self._known[key] = result
            self._answers.keep({key: msgspec.msgpack.encode(result)})
            self._observed(task, result)
        return StackProbe(result=result)

    def _spent(self) -> str | None:
        limits = self._limits
        if self._made >= limits.probes:
            return f"the limit of {limits.probes} probes is reached"
        if limits.seconds is not None and self._spent_s >= limits.seconds:
            return f"the evidence budget of {limits.seconds:g} s is spent"
        return None

    def _task(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> ProbeTask:
        files = [
            PinnedFile(
                project=name,
                version=pin.version,
                filename=pin.file.filename,
                url=pin.file.url,
                sha256=pin.file.hashes.get("sha256"),
            )
            for name, pin in pins.items()
        ]
        demanded = self._demanded
        return ProbeTask(
            pins=tuple(sorted(files)),
            roots=tuple(sorted(roots)),
            modules=demanded.modules,
            script=demanded.script,
            script_name=demanded.script_name,
            code=demanded.code,
        )

    def _key(self, task: ProbeTask) -> str:
        files = [(pin.project, pin.version, pin.sha256 or pin.url) for pin in task.pins]
        stated = [self._environment, files, task.roots, task.modules, task.script]
        if self._code is not None:
            stated.append(self._code)
        return hashlib.sha256(msgspec.json.encode(stated)).hexdigest()

    def _kept(self, key: str) -> ProbeResult | None:
        payload = self._answers.known([key]).get(key)
        if payload is None:
            return None
        try:
            return _decode(payload)
        except UNDECODABLE:
            return None
