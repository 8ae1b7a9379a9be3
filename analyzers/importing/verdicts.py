"""How certain a failure is: only what is certain may refuse a release."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Confidence
from analyzers.importing.failures import FailureKind, ImportFailure, SimulatedError

_OF_FORMATS = frozenset({FailureKind.NATIVE, FailureKind.GENERATED, FailureKind.STANDARD_LIBRARY})


def judged(error: SimulatedError) -> ImportFailure:
    """The record of a failure that nothing caught, with its certainty and the rule that decided it."""
    failure = error.failure
    confidence, rule = _verdict(error)
    if failure.confidence is not Confidence.CERTAIN and confidence is Confidence.CERTAIN:
        confidence = failure.confidence
    return msgspec.structs.replace(failure, confidence=confidence, rule=rule)


def _verdict(error: SimulatedError) -> tuple[Confidence, str]:
    failure = error.failure
    owners = {site.distribution for site in failure.chain} | {failure.provider}
    if failure.kind in _OF_FORMATS:
        return Confidence.CERTAIN, "what the file needs, the stack or its Python is known not to have"
    if failure.kind is FailureKind.DISTRIBUTION:
        return Confidence.POSSIBLE, "nothing in the stack has the module, but it may be there all the same"
    if failure.kind is FailureKind.RAISE:
        if "ImportError" not in error.bases:
            return Confidence.POSSIBLE, "a check that the code makes itself may see more than the simulation"
        if failure.consumer.distribution == failure.provider:
            return Confidence.LIKELY, "the distribution refuses to be imported without another one's doing"
        return Confidence.CERTAIN, "the module says itself that it cannot be imported"
    if failure.consumer.distribution == failure.provider and failure.consumer.distribution is not None:
        confidence = Confidence.LIKELY if len(owners - {None}) == 1 else Confidence.POSSIBLE
        return confidence, "what one distribution asks of itself depends on how it was built"
    return Confidence.CERTAIN, "every name of the module is known, and this is none of them"
