"""What was learned of sampled stacks, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from resolver.durations import duration
from resolver.monkey.blaming import Basis, Culprit
from resolver.monkey.incompatibilities import Incompatibility
from resolver.monkey.report import MonkeyReport
from resolver.outputs.texts.columns import table
from resolver.outputs.texts.lines import fitted

MOST_ROWS = 6
MOST_EXAMPLES = 2


def monkey_text(report: MonkeyReport, width: int) -> str:
    """The whole text, for a terminal so many columns wide."""
    lines = (line for text in _lines(report, width) for line in fitted(text, width))
    return "".join(f"{line}\n" for line in lines)


def _lines(report: MonkeyReport, width: int) -> Iterator[str]:
    known = report.passed + report.failed
    yield f"{known} of {report.stacks} stacks probed: {report.passed} passed, {report.failed} failed"
    if report.stacks > report.sampled:
        yield f"  {report.stacks - report.sampled} of them were added to isolate failures"
    share = 100 * report.seen_pairs / report.possible_pairs if report.possible_pairs else 100.0
    yield f"  {report.seen_pairs} of {report.possible_pairs} pairs of releases seen together ({share:.0f} %)"
    if report.seconds is not None:
        times = report.seconds
        yield (
            f"  a probe took {duration(times.median, 's')} (build {duration(times.build, 's')}, "
            f"run {duration(times.run, 's')}; at most {duration(times.most, 's')})"
        )
    if report.incompatibilities:
        yield ""
        yield "What fails:"
    for one in report.incompatibilities:
        yield from _incompatibility(one)
    if report.unexplained:
        yield f"  {len(report.unexplained)} failed of something that no pair of releases explains"
    if report.exonerated:
        yield ""
        yield f"Blamed by a probe, and passed elsewhere: {', '.join(report.exonerated)}"
    if report.slow:
        yield ""
        yield "Slow to import, beside other releases:"
        rows = [["release", "module", "median", "others", "probes"]]
        rows += [
            [
                str(one.release),
                one.module,
                duration(one.wall_s, "s"),
                duration(one.others_s, "s"),
                str(one.probes),
            ]
            for one in report.slow[:MOST_ROWS]
        ]
        yield from table(rows, width, give=1)
    if report.not_known:
        yield ""
        yield f"Not known ({len(report.not_known)}):"
        for missing in report.not_known[:MOST_ROWS]:
            failure = missing.failure
            why = "" if failure is None else f"{failure.step}: {failure.error}: {failure.message}"
            yield f"  {missing.id} {why}"
    if report.confinement.refused:
        yield ""
        yield f"Not held by: {'; '.join(report.confinement.refused)}"


def _incompatibility(one: Incompatibility) -> Iterator[str]:
    failure = one.failure
    times = "1 stack" if one.count == 1 else f"{one.count} stacks"
    yield f"  {' with '.join(map(str, one.failing))} ({times}, {one.sureness.value})"
    where = f" ({failure.where})" if failure.where else ""
    yield f"    {failure.step}: {failure.error}: {failure.message}{where}"
    if one.passing is not None:
        beside = f" beside {one.projects[0]}" if len(one.projects) > 1 else ""
        yield f"    passed{beside}: {one.passing}"
    for culprit in one.culprits[:MOST_EXAMPLES]:
        yield f"    {_culprit(culprit)}"
    if len(one.culprits) > MOST_EXAMPLES:
        yield f"    and {len(one.culprits) - MOST_EXAMPLES} more"


def _culprit(culprit: Culprit) -> str:
    times = f"{culprit.count} x " if culprit.count > 1 else ""
    basis = "said by the probe" if culprit.basis is Basis.PROBE else "by comparing stacks"
    text = f"{times}{' '.join(map(str, culprit.releases))}: {culprit.sureness.value}, {basis}"
    if culprit.isolated:
        text += f", and with another {culprit.isolated[-1].project} it passed"
    if culprit.others:
        others = ", or ".join(" ".join(map(str, other)) for other in culprit.others)
        text += f"; or {others}"
    return f"{text} (stack {culprit.stacks[0]})"
