"""What probes show of static verdicts: whether what was found on paper fails, too, when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzers.evidence import Confidence
from analyzers.importing.failures import ImportFailure
from knowledge.imports.stack_imports import Examined
from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import ProbeResult, Verdict
from resolver.probes.records import CheckedVerdict
from resolver.units.strides.imports import ImportsStride, blamed

INSTRUMENT = ImportsStride.name


def checked(examined: Examined, versions: Mapping[str, str], result: ProbeResult) -> Iterator[CheckedVerdict]:
    """The static verdicts on a stack that a probe of it decides.

    A stack that passes refutes every one of them. One that fails confirms those on exactly the releases that
    its failure was traced to, and says nothing of the others: what failed first may hide them.

    Args:
        examined: what the stack meets on paper.
        versions: of the stack, by normalised name.
        result: of the probe.
    """
    if result.verdict is Verdict.NOT_KNOWN:
        return
    told: set[tuple[str, ...]] = set()
    for failure, confidence in _verdicts(examined):
        names = tuple(name for name in blamed(failure) if name in versions)
        if not names or names in told:
            continue
        told.add(names)
        is_confirmed = {release.project for release in result.blame} == set(names)
        if result.verdict is Verdict.FAILED and not is_confirmed:
            continue
        yield CheckedVerdict(
            dependent=ReleaseIdentity(project=names[0], version=versions[names[0]]),
            dependency=ReleaseIdentity(project=names[-1], version=versions[names[-1]]),
            instrument=INSTRUMENT,
            confidence=confidence,
            confirmed=result.verdict is Verdict.FAILED,
        )


def _verdicts(examined: Examined) -> Iterable[tuple[ImportFailure, Confidence]]:
    """The surest first: of several on one pair that one counts."""
    yield from ((failure, Confidence.CERTAIN) for failure in examined.failures)
    order = list(Confidence)
    doubtful = sorted(examined.doubtful, key=lambda failure: order.index(failure.confidence))
    yield from ((failure, failure.confidence) for failure in doubtful)
