"""The record of an advice: pins with artifacts and reasons, score, bound, what was rejected and unknown."""

from __future__ import annotations

import enum

import msgspec

from analyzers.evidence import Justification
from analyzers.reports import Report
from images.facts.environment import RuntimeEnvironment
from knowledge.releases import FileKind
from knowledge.variants.records import Variant
from resolver.advising.existing import Existing
from resolver.advising.relaxations import Relaxation
from resolver.landscapes.history import SearchHistory
from resolver.probes.records import Probes
from resolver.reports.bare_code import BareCode
from resolver.search.budget import StoppedBy


class Status(enum.StrEnum):
    """How good the answer is.

    OPTIMAL: proven that no stack scores better. FEASIBLE: a stack that meets every requirement.
    NOT_PROVEN: none was found, but the proof rests on releases that were not read, or the search was stopped.
    REFUTED: every stack that the metadata admits fails when it runs; that with the least against it is told.
    UNSATISFIABLE: proven that there is none.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NOT_PROVEN = "not_proven"
    REFUTED = "refuted"
    UNSATISFIABLE = "unsatisfiable"

    @property
    def is_solved(self) -> bool:
        """Whether there is a stack that nothing certain speaks against."""
        return self in (Status.OPTIMAL, Status.FEASIBLE)


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the target can install.

    Attributes:
        hashes: algorithm to hexadecimal digest; empty where the index states none.
        sha256: None where the index states none.
    """

    filename: str
    kind: FileKind
    url: str
    hashes: dict[str, str]
    sha256: str | None
    size_bytes: int | None
    uploaded_at: str | None


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A newer release that was not chosen: which, by which unit, and why."""

    version: str
    unit: str
    reason: Justification


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """One release of the advised stack.

    Attributes:
        name: normalised.
        direct: whether the user asks for it.
        dependents: names of the pins that ask for it.
        artifacts: best first.
        rejected: newer releases, newest first, at most `MOST_REJECTED`.
        stands_in_for: names of projects that are asked for and that it serves in place of.
        stands_in_at: those of `dependents` that ask for one of these.
        variant: the one whose wheel is the first artifact; None where that is no variant.
        index: root of the index that a rule chose for it; None where it comes from the user's.
        saved_bytes: what the rule saves that chose its index or lets it stand in, in files of this stack
            against those of the other one; None where no rule did, or a size is not known.
    """

    name: str
    version: str
    extras: tuple[str, ...]
    direct: bool
    dependents: tuple[str, ...]
    requires_python: str | None
    artifacts: tuple[Artifact, ...]
    reasons: tuple[Justification, ...]
    rejected: tuple[Rejection, ...]
    stands_in_for: tuple[str, ...] = ()
    stands_in_at: tuple[str, ...] = ()
    variant: Variant | None = None
    index: str | None = None
    saved_bytes: int | None = None


class OtherStack(msgspec.Struct, frozen=True, kw_only=True):
    """A stack that is not advised and would serve as well.

    Attributes:
        score: in millionths, at most 0.
        pins: name to version.
    """

    score: int
    pins: dict[str, str]


class Requests(msgspec.Struct, frozen=True, kw_only=True):
    """Requests made of an index, by what they asked for."""

    listing: int = 0
    metadata: int = 0
    range: int = 0
    sdist: int = 0
    build: int = 0


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """The effort of a run.

    Attributes:
        bytes: received from indexes.
        stacks: complete stacks that were examined.
        moves: from complete stack to complete stack, in the search for better ones.
        elapsed_s: from start to result, in seconds.
    """

    requests: Requests
    releases_read: int
    bytes: int
    decisions: int
    conflicts: int
    stacks: int
    moves: int = 0
    elapsed_s: float


class Advice(Report, frozen=True, kw_only=True):
    """What `stackwright advise` answers.

    Attributes:
        weights: name of a step to what its scores were multiplied with, in thousandths.
        requirements: the user's, as written, those that are not live on the target left out.
        pins: by name; empty when there is no stack, not even a refuted one.
        score: in millionths, at most 0; None when there is no stack.
        bound: no stack scores better; None when there is no stack.
        gap: by so much a better stack could score better, at most; 0 where that is proven to be none.
        predictor: what chose the moves of the search for better stacks.
        others: the next best stacks that were asked for, best first.
        explanation: sentences that prove that there is no stack.
        diagnosis: the same in one sentence; None when there is a stack.
        relaxations: changes of the requirements that would make them solvable, the best first.
        existing: locks that were there before.
        remarks: what units say about the run or the whole stack.
        stopped_by: what ended the search; None where it is proven that there is no stack.
        code: what the code that is advised on asks for and what cannot be had; None where something states
            requirements.
        history: how the search for better stacks went; None unless it was asked for.
        probes: what came of building and running stacks; None unless it was asked for.
    """

    status: Status
    recommendation: str
    weights: dict[str, int] = msgspec.field(default_factory=dict)
    requirements: tuple[str, ...]
    pins: tuple[Pin, ...] = ()
    score: int | None = None
    bound: int | None = None
    gap: int | None = None
    predictor: str | None = None
    environment: RuntimeEnvironment
    others: tuple[OtherStack, ...] = ()
    explanation: tuple[str, ...] = ()
    diagnosis: str | None = None
    relaxations: tuple[Relaxation, ...] = ()
    existing: tuple[Existing, ...] = ()
    remarks: tuple[Justification, ...] = ()
    stopped_by: StoppedBy | None = None
    code: BareCode | None = None
    history: SearchHistory | None = None
    probes: Probes | None = None
    statistics: Statistics


MOST_REJECTED = 10
