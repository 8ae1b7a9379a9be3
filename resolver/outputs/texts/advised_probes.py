"""What the probes of a run showed, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.probing.records import Verdict
from resolver.outputs.texts.columns import counted
from resolver.probes.failing import told
from resolver.probes.records import ProbeOutcome, Probes, ToldProbe
from resolver.reports.advice import Advice

_MOST_FAILED = 8
_MOST_CHECKED = 3


def advised_probes(advice: Advice) -> Iterator[str]:
    """Nothing where no stack was to be tried."""
    probes = advice.probes
    if probes is None:
        return
    yield _outcome(probes)
    failed = [each for each in probes.probes if each.verdict is Verdict.FAILED and not each.is_check]
    for probe in failed[:_MOST_FAILED]:
        yield f"  failed: {_failed(probe)}"
    if len(failed) > _MOST_FAILED:
        yield f"  and {len(failed) - _MOST_FAILED} more (--format json)"
    wrong = [each for each in probes.checked if not each.confirmed]
    if probes.checked:
        right = len(probes.checked) - len(wrong)
        yield f"  static verdicts that were checked by it: {right} right, {len(wrong)} wrong"
    for verdict in wrong[:_MOST_CHECKED]:
        pair = " with ".join(dict.fromkeys(map(str, (verdict.dependent, verdict.dependency))))
        yield f"  wrong ({verdict.confidence.value}): {pair}"
    for refused in probes.refused:
        yield f"  warning: probes were not confined in full: {refused}"


def _outcome(probes: Probes) -> str:
    made = [each for each in probes.probes if not each.is_stored]
    effort = f"{counted(len(made), 'probe')} in {probes.seconds:.1f} s"
    stored = len(probes.probes) - len(made)
    if stored:
        effort += f", {stored} known from before"
    reason = f" ({probes.reason})" if probes.reason else ""
    match probes.outcome:
        case ProbeOutcome.PASSED:
            return f"probed: this stack passed with Python {probes.python}; {effort}"
        case ProbeOutcome.FAILED:
            return f"probed: this stack failed with Python {probes.python}{reason}; {effort}"
        case ProbeOutcome.NOT_PROBED:
            return f"warning: this stack was not probed{reason}; {effort}"
        case ProbeOutcome.NOT_KNOWN:
            return f"warning: a probe of this stack came to nothing{reason}; {effort}"


def _failed(probe: ToldProbe) -> str:
    pair = " with ".join(f"{release.project} {release.version}" for release in probe.blame)
    if probe.failure is None:
        return pair or "a stack"
    where = f" ({probe.failure.where or probe.failure.step})"
    return f"{pair or 'traced to no release'}: {told(probe.failure)}{where}"
