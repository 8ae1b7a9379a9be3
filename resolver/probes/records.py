"""What is told of the probes of a run."""

from __future__ import annotations

import enum

import msgspec

from analyzers.evidence import Confidence
from knowledge.observations.record import Failure, ReleaseIdentity
from knowledge.probing.records import Verdict


class ProbeOutcome(enum.StrEnum):
    """What the probes say of the stack that is advised.

    PASSED: it was built, and everything that must run in it did. FAILED: it was built and failed, as did
    every other one that was tried. NOT_PROBED: the probes ended before it was its turn. NOT_KNOWN: it could
    not be built or run, for a reason that says nothing of it.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROBED = "not-probed"
    NOT_KNOWN = "not-known"


class ToldProbe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stack that was tried.

    Attributes:
        pins: name to version.
        blame: the releases that its failure was traced to.
        trace: the last lines of what was written about it.
        build_s: seconds that its environment took; `run_s` those of the imports and the script.
        is_stored: whether an earlier run had tried it.
        is_check: whether it was tried to check static evidence against it.
    """

    pins: dict[str, str]
    verdict: Verdict
    failure: Failure | None = None
    blame: tuple[ReleaseIdentity, ...] = ()
    trace: tuple[str, ...] = ()
    build_s: float = 0.0
    run_s: float = 0.0
    is_stored: bool = False
    is_check: bool = False


class CheckedVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What probes showed of something that static evidence says.

    Attributes:
        dependent: the release that asks.
        dependency: the release that does not give; the same one where it fails whatever it is beside.
        instrument: that said so.
        confirmed: whether the two failed together; otherwise they passed.
    """

    dependent: ReleaseIdentity
    dependency: ReleaseIdentity
    instrument: str
    confidence: Confidence
    confirmed: bool


class Probes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The probes of a run.

    Attributes:
        outcome: what they say of the stack that is advised.
        probes: in their order.
        checked: static verdicts that those of this run were a test of.
        python: that ran them.
        refused: limits that this machine does not let probes have, each with its reason.
        reason: why there were no more, where the advised stack did not pass.
    """

    outcome: ProbeOutcome
    probes: tuple[ToldProbe, ...] = ()
    checked: tuple[CheckedVerdict, ...] = ()
    python: str = ""
    refused: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def seconds(self) -> float:
        """What the probes of this run took."""
        return sum(probe.build_s + probe.run_s for probe in self.probes if not probe.is_stored)
